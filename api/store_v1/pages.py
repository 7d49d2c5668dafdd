"""The contract's pages: {count, next, previous, results}, `page` from 1; a page past the end is 404."""

from typing import Final

from api.rows.pages import Paging

PAGES: Final = Paging(size=20, largest=100)
