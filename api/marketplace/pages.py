"""The contract's lists: a bare array of at most 1000, or a page of 20 to 100 where `page` or `page_size` is sent."""

from typing import Final

from api.rows.pages import Paging

LISTS: Final = Paging(size=20, largest=100, ceiling=1000, lenient=True)
