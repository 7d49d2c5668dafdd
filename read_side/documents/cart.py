"""A person's cart. Prices and names are not in it: they are joined from the products when it is
read, so that a new price is one document's change and not that of every cart."""

import msgspec


class CartLine(msgspec.Struct, gc=False, omit_defaults=True):
    line_id: int
    product_id: int
    quantity: int
    added_at: str
    variant_id: int | None = None


class Cart(msgspec.Struct, gc=False, omit_defaults=True):
    """Model `carts`, by person. Lines by their ids, in the order in which they were added."""

    person_id: int
    position: int = 0
    created_at: str = ""
    updated_at: str = ""
    lines: dict[int, CartLine] = {}
