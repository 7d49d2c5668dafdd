"""Orders in the contract's shapes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from api.marketplace.answers import orders as answers
from api.marketplace.answers.products import Named
from api.marketplace.show.products import person
from read_side.documents.order import Line, Order, Tracking
from read_side.documents.person import Address
from read_side.open import ReadSide
from write_side.fields import decimal_text
from write_side.policies import ORDER_STATUSES

STATUS: Final = cast("Mapping[str, answers.Status]", ORDER_STATUSES["marketplace"].words)

Show = Callable[[Order], answers.Order]


async def shower(reads: ReadSide, orders: Iterable[Order]) -> Show:
    """Shows any of these orders: what their products are called in addresses comes from the products."""
    wanted = {line.product_id for order in orders for line in order.lines}
    products = await reads.products.by_ids(wanted) if wanted else {}
    slugs = {product_id: product.slug for product_id, product in products.items()}
    return lambda found: order(found, slugs)


def order(found: Order, slugs: Mapping[int, str]) -> answers.Order:
    """Goods, tax, and whatever else was charged as the cost of shipping: they add up to the total, also where a
    seller is shown their own lines alone."""
    charges = found.charges
    goods = sum(line.total for line in found.lines)
    besides = charges.total - charges.subtotal
    return answers.Order(
        id=found.order_id,
        status=STATUS[found.status],
        buyer=person(found.person_id),
        items=[_item(line, slugs) for line in found.lines],
        subtotal=decimal_text(goods),
        shipping_cost=decimal_text(besides - charges.tax),
        tax_amount=decimal_text(charges.tax),
        total_amount=decimal_text(goods + besides),
        shipping_address=_address(found.shipping_address),
        shipping=[shipping(tracking) for tracking in found.trackings],
        notes=found.notes,
        cancellation_reason=found.cancellation_reason,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def shipping(tracking: Tracking) -> answers.Shipping:
    return answers.Shipping(
        seller=person(tracking.seller_id),
        tracking_number=tracking.tracking_number,
        shipping_carrier=tracking.carrier,
        carrier_code=tracking.carrier_code,
        updated_at=tracking.updated_at,
    )


def stored_tracking(told: dict[str, Any]) -> answers.StoredTracking:
    """As the command tells it."""
    stored = answers.StoredShipping(told["tracking_number"], told["carrier"], told["carrier_code"])
    return answers.StoredTracking("Tracking information stored.", _name(told), stored)


def stored_carrier_code(told: dict[str, Any]) -> answers.StoredCarrierCode:
    stored = answers.StoredCode(told["carrier_code"], told["carrier"])
    return answers.StoredCarrierCode("Carrier code stored.", _name(told), stored)


def _name(told: dict[str, Any]) -> answers.OrderName:
    return answers.OrderName(told["order_id"], STATUS[told["status"]])


def _item(line: Line, slugs: Mapping[int, str]) -> answers.OrderItem:
    return answers.OrderItem(
        id=line.line_id,
        product=Named(line.product_id, line.name, slugs.get(line.product_id, "")),
        seller=person(line.seller_id),
        quantity=line.quantity,
        unit_price=decimal_text(line.unit_price),
        total_price=decimal_text(line.total),
    )


def _address(address: Address | None) -> dict[str, str]:
    if address is None:
        return {}
    return {
        "full_name": address.full_name,
        "street": ", ".join(filter(None, (address.street_address, address.apartment))),
        "city": address.city,
        "state": address.state or "",
        "postal_code": address.zip_code,
        "country": address.country,
        "phone": address.phone_number or "",
    }
