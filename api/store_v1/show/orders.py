"""Orders, in the contract's words."""

from api.store_v1.answers import orders as answers
from api.store_v1.statuses import NOTES, STATUS
from read_side.documents import order as orders
from read_side.documents.person import Address as PostalAddress
from write_side.fields import decimal_text as money
from write_side.identifiers import uuid_text as uuid


def listed_order(order: orders.Order) -> answers.ListedOrder:
    return answers.ListedOrder(
        id=uuid("order", order.order_id),
        order_number=order.number,
        status=STATUS[order.status],
        total_amount=money(order.charges.total),
        item_count=order.item_count,
        created_at=order.created_at,
        updated_at=order.updated_at,
    )


def order(found: orders.Order) -> answers.Order:
    charges = found.charges
    return answers.Order(
        id=uuid("order", found.order_id),
        order_number=found.number,
        status=STATUS[found.status],
        subtotal=money(charges.subtotal),
        tax=money(charges.tax),
        shipping_cost=money(charges.shipping),
        discount=money(charges.discount),
        total_amount=money(charges.total),
        items=[order_item(line) for line in found.lines],
        shipping_address=order_address(found.shipping_address),
        billing_address=order_address(found.billing_address),
        status_history=_history(found),
        tracking_number=found.tracking_number,
        shipped_at=found.shipped_at,
        delivered_at=found.delivered_at,
        created_at=found.created_at,
    )


def order_item(line: orders.Line) -> answers.OrderItem:
    return answers.OrderItem(
        id=uuid("order-line", line.line_id),
        product_name=line.name,
        product_sku=line.sku,
        variant_name=line.variant_name,
        price=money(line.unit_price),
        quantity=line.quantity,
        subtotal=money(line.total),
    )


def order_address(postal: PostalAddress | None) -> answers.OrderAddress | None:
    if postal is None:
        return None
    return answers.OrderAddress(
        full_name=postal.full_name,
        street_address=postal.street_address,
        city=postal.city,
        state=postal.state,
        country=postal.country,
        zip_code=postal.zip_code,
    )


def _history(found: orders.Order) -> list[answers.StatusChange]:
    """Changes of the contract's status: facts that it has no word for of its own are none."""
    changes: list[answers.StatusChange] = []
    for change in found.history:
        status = STATUS[change.status]
        if not changes or changes[-1].status != status:
            changes.append(answers.StatusChange(status, change.note or NOTES[change.fact], change.at))
    return changes
