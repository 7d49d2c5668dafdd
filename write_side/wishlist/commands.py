"""What may be asked of a wishlist. It is always the caller's own."""

from write_side.fields import Id
from write_side.messages import Command


class AddToWishlist(Command):
    """Puts a product on the caller's wishlist; one that is there stays there."""

    product_id: Id


class RemoveFromWishlist(Command):
    """Takes a product off the caller's wishlist; one that is not there stays away."""

    product_id: Id


class ToggleWishlist(Command):
    """Puts a product on the caller's wishlist, or takes it off. A retry flips it back unless it has the same
    Idempotency-Key: the explicit commands are safer."""

    product_id: Id
