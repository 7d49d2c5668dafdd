"""What may be asked of a cart. It is always the caller's own."""

from pydantic import Field

from write_side.fields import Id, Quantity
from write_side.messages import Command


class AddToCart(Command):
    """Puts a product into the caller's cart, or more of it when it is there already."""

    product_id: Id
    variant_id: Id | None = Field(default=None, description="one of the product's variants")
    quantity: Quantity = 1


class ChangeCartItem(Command):
    """Sets a line's quantity."""

    line_id: Id
    quantity: Quantity


class RemoveFromCart(Command):
    """Takes a line out of the caller's cart."""

    line_id: Id


class ClearCart(Command):
    """Empties the caller's cart; an empty one stays empty."""
