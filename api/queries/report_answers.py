"""What the queries about the shop's figures answer. Business time is when a thing happened in the business: for past
business what its record says, else the moment of its event. Days and months are UTC's; amounts of two currencies are
never added up.
"""

import msgspec

from api.queries.values import GoodsAnswer, Money, OtherChargeAnswer, goods, other_charge
from read_side.documents.product import Product
from read_side.documents.sales import Amounts, CustomerSales, ProductSales, Return, ReturnedLine, Sales
from read_side.queries.movements import StockHistory
from read_side.queries.page import Page
from write_side.fields import decimal_text


class SalesAnswer(msgspec.Struct):
    """`business_period`: a day (`2011-03-04`) or month (`2011-03`) of business time. `revenue`: goods as they were
    sold; `charges`: what was paid besides (tax, shipping, fees, less discounts). What came back counts in the period in
    which it came; a cancelled order counts nowhere."""

    business_period: str
    currency: str
    orders: int
    units: int
    revenue: Money
    charges: Money
    returns: int
    returned_units: int
    returned_amount: Money
    returned_charges: Money


class SalesPage(msgspec.Struct):
    items: list[SalesAnswer]
    total: int
    page: int
    size: int


class AmountsAnswer(msgspec.Struct):
    """`revenue`: goods sold; `returned_amount`: goods given back."""

    currency: str
    revenue: Money
    returned_amount: Money


class ProductSalesAnswer(msgspec.Struct):
    """`return_rate`: units that came back per unit sold, null where none was sold; `sku` and `name` null: the product
    is not shown at the moment."""

    product_id: int
    sku: str | None
    name: str | None
    orders: int
    units: int
    returns: int
    returned_units: int
    return_rate: float | None
    amounts: list[AmountsAnswer]


class ProductSalesPage(msgspec.Struct):
    """`currency`: the one by whose revenue the products are ordered; null: not by revenue."""

    items: list[ProductSalesAnswer]
    total: int
    page: int
    size: int
    currency: str | None


class CustomerSalesAnswer(msgspec.Struct):
    """`country`: of the latest past order."""

    person_id: int
    country: str | None
    orders: int
    units: int
    returns: int
    returned_units: int
    amounts: list[AmountsAnswer]


class CustomerSalesPage(msgspec.Struct):
    """`currency`: the one by whose revenue the customers are ordered; null: not by revenue."""

    items: list[CustomerSalesAnswer]
    total: int
    page: int
    size: int
    currency: str | None


class MonthLevelAnswer(msgspec.Struct):
    """Units that came in and went out in a month of business time; `on_hand` when it ended."""

    business_month: str
    movements: int
    arrived: int
    left: int
    on_hand: int


class MovementAnswer(msgspec.Struct):
    """`kind`: sale, return or adjustment; `quantity` is below zero for what left; `reference`: the order or return;
    `on_hand`: after it. `position`: its event in the log, which may have been written long after."""

    business_time: str
    kind: str
    quantity: int
    on_hand: int
    reference: int | None
    note: str
    position: int


class StockMovementsAnswer(msgspec.Struct):
    """`opened`: on hand before all movements; `opened_at`: when that was recorded. `items` are the movements of
    `business_month`, in the order of business time; `total` counts all of that month."""

    sku: str
    product_id: int
    variant_id: int | None
    opened: int
    opened_at: str | None
    on_hand: int
    months: list[MonthLevelAnswer]
    business_month: str | None
    items: list[MovementAnswer]
    total: int
    page: int
    size: int


class ReturnedLineAnswer(GoodsAnswer):
    """`order_id` null: no earlier purchase was found for it."""

    order_id: int | None
    order_line_id: int | None


class ReturnAnswer(msgspec.Struct):
    """`returned_at` is business time, `recorded_at` when it was recorded here; `total`: what was given back."""

    return_id: int
    source: str
    number: str
    person_id: int | None
    returned_at: str
    recorded_at: str
    currency: str
    lines: list[ReturnedLineAnswer]
    charges: list[OtherChargeAnswer]
    total: Money
    position: int


class ReturnPage(msgspec.Struct):
    items: list[ReturnAnswer]
    total: int
    page: int
    size: int


def sales(found: Sales) -> SalesAnswer:
    return SalesAnswer(
        business_period=found.period,
        currency=found.currency,
        orders=found.orders,
        units=found.units,
        revenue=decimal_text(found.revenue),
        charges=decimal_text(found.charges),
        returns=found.returns,
        returned_units=found.returned_units,
        returned_amount=decimal_text(found.returned_amount),
        returned_charges=decimal_text(found.returned_charges),
    )


def product_sales(found: ProductSales, product: Product | None) -> ProductSalesAnswer:
    rate = found.return_rate
    return ProductSalesAnswer(
        product_id=found.product_id,
        sku=product.sku if product is not None else None,
        name=product.name if product is not None else None,
        orders=found.orders,
        units=found.units,
        returns=found.returns,
        returned_units=found.returned_units,
        return_rate=None if rate is None else round(rate, 6),
        amounts=_amounts(found.amounts),
    )


def ranking(
    found: Page[tuple[ProductSales, Product | None]], page: int, size: int, currency: str | None
) -> ProductSalesPage:
    return ProductSalesPage([product_sales(*each) for each in found.items], found.total, page, size, currency)


def customer(found: CustomerSales) -> CustomerSalesAnswer:
    return CustomerSalesAnswer(
        person_id=found.person_id,
        country=found.country,
        orders=found.orders,
        units=found.units,
        returns=found.returns,
        returned_units=found.returned_units,
        amounts=_amounts(found.amounts),
    )


def stock_movements(found: StockHistory, page: int, size: int) -> StockMovementsAnswer:
    first = (page - 1) * size
    return StockMovementsAnswer(
        sku=found.sku,
        product_id=found.product_id,
        variant_id=found.variant_id,
        opened=found.opened,
        opened_at=found.opened_at or None,
        on_hand=found.on_hand,
        months=[MonthLevelAnswer(m.month, m.movements, m.arrived, m.left, m.on_hand) for m in found.months],
        business_month=found.month,
        items=[
            MovementAnswer(m.at, m.kind, m.quantity, level.on_hand, m.reference, m.note, m.position)
            for level in found.movements[first : first + size]
            for m in (level.movement,)
        ],
        total=len(found.movements),
        page=page,
        size=size,
    )


def returned(found: Return) -> ReturnAnswer:
    return ReturnAnswer(
        return_id=found.return_id,
        source=found.source,
        number=found.number,
        person_id=found.person_id,
        returned_at=found.returned_at,
        recorded_at=found.recorded_at,
        currency=found.currency,
        lines=[_returned_line(line) for line in found.lines],
        charges=[other_charge(charge) for charge in found.charges],
        total=decimal_text(found.total),
        position=found.position,
    )


def _returned_line(line: ReturnedLine) -> ReturnedLineAnswer:
    return ReturnedLineAnswer(*goods(line), line.order_id, line.order_line_id)


def _amounts(found: dict[str, Amounts]) -> list[AmountsAnswer]:
    return [
        AmountsAnswer(currency, decimal_text(amounts.revenue), decimal_text(amounts.returned))
        for currency, amounts in sorted(found.items())
    ]
