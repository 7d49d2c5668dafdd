"""What the native queries answer. Ids are integers, money is decimal text with its currency beside it,
times are ISO 8601 in UTC; a value that does not exist is null, never missing.
"""

from typing import Annotated, Any

import msgspec

from read_side.documents.catalogue import Brand, Category
from read_side.documents.order import Line, Order, Payment
from read_side.documents.person import Account
from read_side.documents.product import Product, Variant
from read_side.documents.sales import OtherCharge
from read_side.queries.carts import PricedCart, PricedLine
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.facets import Facets
from read_side.queries.search import Suggestion
from read_side.queries.stock import StockLevel
from write_side.fields import decimal_text

Money = Annotated[str, msgspec.Meta(pattern=r"^-?\d+\.\d{2}$", examples=["19.99"])]


def _money(minor: int | None) -> Money | None:
    return None if minor is None else decimal_text(minor)


class Named(msgspec.Struct):
    id: int
    name: str
    slug: str


class VariantAnswer(msgspec.Struct):
    """`price`: what it costs, its own or the product's."""

    variant_id: int
    name: str
    sku: str
    price: Money
    attributes: dict[str, str]
    available: int


class ImageAnswer(msgspec.Struct):
    image_id: int
    address: str
    alt_text: str
    primary: bool


class ProductAnswer(msgspec.Struct):
    """`available`: of the base and all variants together; `category`: from the root to its own."""

    product_id: int
    name: str
    slug: str
    sku: str
    description: str
    price: Money
    list_price: Money | None
    currency: str
    category: list[Named]
    brand: Named | None
    seller_id: int | None
    attributes: dict[str, str]
    variants: list[VariantAnswer]
    images: list[ImageAnswer]
    available: int
    rating: float | None
    review_count: int
    featured: bool
    active: bool
    created_at: str
    updated_at: str
    position: int


class ProductPage(msgspec.Struct):
    """A stretch of a list; a cursor leads on where there is more."""

    items: list[ProductAnswer]
    before: str | None
    after: str | None


class Choice(msgspec.Struct):
    """A value that would narrow the search further, and how many products it would leave."""

    id: int
    name: str
    slug: str
    count: int


class PriceChoice(msgspec.Struct):
    """From `low` to just below `high`; null: no bound."""

    low: Money | None
    high: Money | None
    count: int


class FacetsAnswer(msgspec.Struct):
    """A facet's own selection does not narrow its own counts."""

    categories: list[Choice]
    brands: list[Choice]
    prices: list[PriceChoice]
    lowest_price: Money | None
    highest_price: Money | None
    in_stock: int
    out_of_stock: int
    attributes: dict[str, dict[str, int]]


class SearchAnswer(msgspec.Struct):
    items: list[ProductAnswer]
    total: int
    page: int
    size: int
    facets: FacetsAnswer | None


class SuggestionsAnswer(msgspec.Struct):
    items: list[Suggestion]


class CategoryAnswer(msgspec.Struct):
    """`products`: on sale in the category itself."""

    id: int
    name: str
    slug: str
    description: str
    products: int
    children: list["CategoryAnswer"]


class CategoriesAnswer(msgspec.Struct):
    items: list[CategoryAnswer]


class BrandsAnswer(msgspec.Struct):
    items: list[Named]


class CartLineAnswer(msgspec.Struct):
    """Price and name are the product's of this moment; `available` 0: it cannot be bought any more."""

    line_id: int
    product_id: int
    variant_id: int | None
    name: str
    sku: str
    quantity: int
    unit_price: Money
    total: Money
    available: int


class CartAnswer(msgspec.Struct):
    person_id: int
    lines: list[CartLineAnswer]
    units: int
    subtotal: Money
    updated_at: str | None


class AddressAnswer(msgspec.Struct):
    full_name: str
    street_address: str
    city: str
    country: str
    zip_code: str
    phone_number: str | None
    apartment: str | None
    state: str | None


class ChangeAnswer(msgspec.Struct):
    """`fact`: what happened; `status`: what the order was after it."""

    fact: str
    status: str
    at: str
    note: str
    seller_id: int | None


class ShipmentAnswer(msgspec.Struct):
    """What one seller sent, or (`seller_id` null) the whole order."""

    tracking_number: str
    carrier: str
    seller_id: int | None
    shipped_at: str
    delivered_at: str | None


class OtherChargeAnswer(msgspec.Struct):
    """Postage, a fee, a discount of past business; below zero it was given back."""

    code: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


class OrderLineAnswer(msgspec.Struct):
    """As it was at checkout. `returned`: units of a past order's line that came back."""

    line_id: int
    product_id: int
    variant_id: int | None
    sku: str
    name: str
    unit_price: Money
    quantity: int
    total: Money
    seller_id: int | None
    returned: int


class OrderAnswer(msgspec.Struct):
    """`status`: placed, paid, in-work, shipped, delivered, returned or cancelled; `history`: every fact
    with the status it led to. `placed_at` is business time, `created_at` when the order was recorded here: they
    differ for past business, whose orders have a `source`, a history in business time, and for a guest no person."""

    order_id: int
    number: str
    source: str | None
    person_id: int | None
    country: str | None
    placed_at: str
    status: str
    lines: list[OrderLineAnswer]
    subtotal: Money
    tax: Money
    shipping: Money
    discount: Money
    other_charges: list[OtherChargeAnswer]
    total: Money
    currency: str
    paid: Money
    refunded: Money
    shipping_address: AddressAnswer | None
    billing_address: AddressAnswer | None
    shipments: list[ShipmentAnswer]
    cancellation_reason: str
    history: list[ChangeAnswer]
    created_at: str
    updated_at: str
    position: int


class OrderPage(msgspec.Struct):
    items: list[OrderAnswer]
    total: int
    page: int
    size: int


class PaymentAnswer(msgspec.Struct):
    """`status`: requested, ready (can be confirmed with Stripe), failed, captured or refunded."""

    order_id: int
    status: str
    amount: Money
    captured: Money
    refunded: Money
    currency: str
    intent_id: str | None
    failure: str | None
    created_at: str
    updated_at: str


class BookedAddressAnswer(msgspec.Struct):
    address_id: int
    address_type: str
    is_default: bool
    address: AddressAnswer
    created_at: str


class AccountAnswer(msgspec.Struct):
    """A customer of past business has the `reference` that `source` gave, and no e-mail address."""

    person_id: int
    source: str | None
    reference: str | None
    country: str | None
    email: str
    first_name: str
    last_name: str
    phone_number: str | None
    roles: list[str]
    verified: bool
    active: bool
    addresses: list[BookedAddressAnswer]
    created_at: str


class AccountPage(msgspec.Struct):
    items: list[AccountAnswer]
    total: int
    page: int
    size: int


class StockAnswer(msgspec.Struct):
    """`available` = `on_hand` − `reserved`; `variant_id` null: the product's base."""

    sku: str
    product_id: int
    variant_id: int | None
    on_hand: int
    reserved: int
    available: int
    updated_at: str


def product(found: Product, tree: Tree, brands: BrandList) -> ProductAnswer:
    brand = brands.by_id.get(found.brand_id) if found.brand_id is not None else None
    return ProductAnswer(
        product_id=found.product_id,
        name=found.name,
        slug=found.slug,
        sku=found.sku,
        description=found.description,
        price=decimal_text(found.selling_price),
        list_price=_money(found.list_price),
        currency=found.currency,
        category=[_category(category) for category in tree.path(found.category_id)],
        brand=None if brand is None else _brand(brand),
        seller_id=found.seller_id,
        attributes=found.attributes,
        variants=[_variant(found, variant) for variant in found.variants.values()],
        images=[ImageAnswer(i.image_id, i.address, i.alt_text, i.primary) for i in found.images_in_order],
        available=found.available,
        rating=round(found.rating_sum / found.review_count, 2) if found.review_count else None,
        review_count=found.review_count,
        featured=found.featured,
        active=found.active,
        created_at=found.created_at,
        updated_at=found.updated_at,
        position=found.position,
    )


def facets(found: Facets, tree: Tree, brands: BrandList) -> FacetsAnswer:
    """The most frequent first; what was removed meanwhile has no name and is left out."""
    chosen = [(tree.by_id.get(number), count) for number, count in found.categories.items()]
    made = [(brands.by_id.get(number), count) for number, count in found.brands.items()]
    return FacetsAnswer(
        categories=_choices([Choice(c.category_id, c.name, c.slug, count) for c, count in chosen if c is not None]),
        brands=_choices([Choice(b.brand_id, b.name, b.slug, count) for b, count in made if b is not None]),
        prices=[PriceChoice(_money(r.low), _money(r.high), r.count) for r in found.price_ranges],
        lowest_price=_money(found.lowest_price),
        highest_price=_money(found.highest_price),
        in_stock=found.in_stock,
        out_of_stock=found.out_of_stock,
        attributes=found.attributes,
    )


def categories(tree: Tree, counts: dict[int, int]) -> CategoriesAnswer:
    def below(category: Category) -> CategoryAnswer:
        children = [below(child) for child in tree.children(category.category_id)]
        number = category.category_id
        return CategoryAnswer(number, category.name, category.slug, category.description, counts[number], children)

    return CategoriesAnswer([below(root) for root in tree.roots])


def brand_list(found: BrandList) -> BrandsAnswer:
    return BrandsAnswer([_brand(brand) for brand in sorted(found.by_id.values(), key=lambda b: b.name.casefold())])


def cart(found: PricedCart) -> CartAnswer:
    return CartAnswer(
        person_id=found.person_id,
        lines=[_cart_line(line) for line in found.lines],
        units=found.units,
        subtotal=decimal_text(found.subtotal),
        updated_at=found.updated_at or None,
    )


def order(found: Order) -> OrderAnswer:
    charges = found.charges
    return OrderAnswer(
        order_id=found.order_id,
        number=found.number,
        source=found.source or None,
        person_id=found.person_id or None,
        country=found.country,
        placed_at=found.placed_at or found.created_at,
        status=found.status,
        lines=[_order_line(line) for line in found.lines],
        subtotal=decimal_text(charges.subtotal),
        tax=decimal_text(charges.tax),
        shipping=decimal_text(charges.shipping),
        discount=decimal_text(charges.discount),
        other_charges=[other_charge(charge) for charge in found.other_charges],
        total=decimal_text(charges.total),
        currency=charges.currency,
        paid=decimal_text(found.paid),
        refunded=decimal_text(found.refunded),
        shipping_address=_as(AddressAnswer | None, found.shipping_address),
        billing_address=_as(AddressAnswer | None, found.billing_address),
        shipments=_as(list[ShipmentAnswer], found.shipments),
        cancellation_reason=found.cancellation_reason,
        history=_as(list[ChangeAnswer], found.history),
        created_at=found.created_at,
        updated_at=found.updated_at,
        position=found.position,
    )


def other_charge(found: OtherCharge) -> OtherChargeAnswer:
    unit_price, total = decimal_text(found.unit_price), decimal_text(found.total)
    return OtherChargeAnswer(found.code, found.name, found.quantity, unit_price, total)


def payment(found: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        order_id=found.order_id,
        status=found.status,
        amount=decimal_text(found.amount),
        captured=decimal_text(found.captured),
        refunded=decimal_text(found.refunded),
        currency=found.currency,
        intent_id=found.intent_id,
        failure=found.failure,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def account(found: Account) -> AccountAnswer:
    return AccountAnswer(
        person_id=found.person_id,
        source=found.source or None,
        reference=found.reference or None,
        country=found.country,
        email=found.email,
        first_name=found.first_name,
        last_name=found.last_name,
        phone_number=found.phone_number,
        roles=found.roles,
        verified=found.verified,
        active=found.active,
        addresses=_as(list[BookedAddressAnswer], list(found.addresses.values())),
        created_at=found.created_at,
    )


def stock(found: StockLevel) -> StockAnswer:
    return StockAnswer(
        sku=found.sku,
        product_id=found.product_id,
        variant_id=found.variant_id,
        on_hand=found.on_hand,
        reserved=found.reserved,
        available=found.available,
        updated_at=found.updated_at,
    )


def _as(shape: Any, found: Any) -> Any:
    """The same fields, none left out: documents omit what has its default."""
    return msgspec.convert(found, shape, from_attributes=True)


def _category(category: Category) -> Named:
    return Named(category.category_id, category.name, category.slug)


def _brand(brand: Brand) -> Named:
    return Named(brand.brand_id, brand.name, brand.slug)


def _variant(parent: Product, variant: Variant) -> VariantAnswer:
    return VariantAnswer(
        variant_id=variant.variant_id,
        name=variant.name,
        sku=variant.sku,
        price=decimal_text(parent.price_of(variant.variant_id)),
        attributes=variant.attributes,
        available=variant.available,
    )


def _choices(found: list[Choice]) -> list[Choice]:
    return sorted(found, key=lambda choice: (-choice.count, choice.name))


def _cart_line(found: PricedLine) -> CartLineAnswer:
    line, thing = found.line, found.variant or found.product
    return CartLineAnswer(
        line_id=line.line_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        name=found.product.name if found.product is not None else "",
        sku=thing.sku if thing is not None else "",
        quantity=line.quantity,
        unit_price=decimal_text(found.unit_price),
        total=decimal_text(found.total),
        available=found.available,
    )


def _order_line(line: Line) -> OrderLineAnswer:
    return OrderLineAnswer(
        line_id=line.line_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        sku=line.sku,
        name=line.name,
        unit_price=decimal_text(line.unit_price),
        quantity=line.quantity,
        total=decimal_text(line.total),
        seller_id=line.seller_id,
        returned=line.returned,
    )
