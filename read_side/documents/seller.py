"""What everybody may know of a seller's business."""

import msgspec


class Seller(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `sellers`, by seller. `units`: sold in orders that are not cancelled. Ratings are those of shown
    reviews of the seller's products, as a sum, so that the average is exact."""

    seller_id: int
    position: int = 0
    units: int = 0
    rating_sum: int = 0
    review_count: int = 0

    @property
    def rating(self) -> float | None:
        """The average; None while there is no review."""
        return round(self.rating_sum / self.review_count, 2) if self.review_count else None
