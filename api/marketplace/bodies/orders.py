"""What may be sent about orders. Statuses, totals and buyers that are sent are ignored."""

from typing import Annotated

from pydantic import Field

from api.marketplace.ids import Reference
from api.rows.body import Body
from api.rows.fields import NOT_BLANK
from write_side.fields import Line, Quantity
from write_side.fields import Reference as ShortLine
from write_side.order.commands import MAX_ITEMS, AddressText, AmendOrder, Carrier, InlineAddress, Note, Notes


class Address(Body):
    """No part of it is needed; null counts as nothing."""

    full_name: AddressText | None = None
    street: AddressText | None = None
    city: AddressText | None = None
    state: AddressText | None = None
    postal_code: AddressText | None = None
    country: AddressText | None = None
    phone: AddressText | None = None

    def inline(self) -> InlineAddress | None:
        """None for one without any part."""
        if not any(self.model_dump().values()):
            return None
        return InlineAddress(
            full_name=self.full_name or "",
            street_address=self.street or "",
            city=self.city or "",
            country=self.country or "",
            zip_code=self.postal_code or "",
            phone_number=self.phone,
            state=self.state,
        )


class OrderedItem(Body):
    product_id: Reference
    quantity: Quantity


class NewOrder(Body):
    items: Annotated[list[OrderedItem], Field(min_length=1, max_length=MAX_ITEMS)] | None = None
    shipping_address: Address | None = None
    notes: Notes | None = None


class OrderChange(Body):
    """Only what is sent changes; null takes away."""

    shipping_address: Address | None = None
    notes: Notes | None = None

    def command(self, order_id: int) -> AmendOrder:
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if (address := sent.get("shipping_address")) is not None:
            sent["shipping_address"] = address.inline()
        return AmendOrder(order_id=order_id, **sent)


class Status(Body):
    status: Line


class Cancellation(Body):
    cancellation_reason: Annotated[Note, Field(min_length=1), NOT_BLANK]


class Tracking(Body):
    tracking_number: ShortLine
    shipping_carrier: Carrier | None = None


class CarrierCode(Body):
    carrier_code: Annotated[Line, Field(max_length=50)]
    shipping_carrier: Carrier | None = None
