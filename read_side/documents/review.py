"""A review as everybody sees it, or as its author does."""

import msgspec

from read_side.documents.person import username


class Review(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `reviews`, by review. `seller_id`: whose the product is; `verified`: its author had bought it; `shown`:
    nobody has hidden it. One that was removed keeps neither its words nor a place in any list.
    """

    review_id: int
    position: int = 0
    created: int = 0
    product_id: int = 0
    person_id: int = 0
    seller_id: int | None = None
    rating: int = 0
    title: str = ""
    comment: str = ""
    verified: bool = False
    shown: bool = True
    removed: bool = False
    note: str = ""
    created_at: str = ""
    updated_at: str = ""

    @property
    def reviewer(self) -> str:
        """The author's name, as everybody sees it."""
        return username(self.person_id)
