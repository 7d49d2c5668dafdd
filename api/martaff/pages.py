"""The contract's pages: 10 to a page, at most 100; a size that is none counts as if none was sent."""

from typing import Final

from api.rows.pages import Paging

PAGES: Final = Paging(size=10, largest=100, lenient=True)
