"""What may be sent about the cart."""

from typing import Annotated

from pydantic import Field

from api.marketplace.ids import Reference
from api.rows.body import Body
from write_side.fields import Line, Quantity


class NewItem(Body):
    product_id: Reference
    quantity: Quantity = 1


class Item(Body):
    item_id: Reference


class ItemQuantity(Item):
    quantity: Annotated[int, Field(strict=True, le=2_147_483_647, description="0 or less takes the line out")]


class ItemStatus(Item):
    status: Line
