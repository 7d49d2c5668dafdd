"""Documents of the read side, in the contract's words."""

from collections.abc import Sequence
from typing import Final

from api.store_v1 import answers
from api.store_v1.statuses import NOTES, STATUS
from read_side.documents import order as orders
from read_side.documents.catalogue import Category
from read_side.documents.person import Account, BookedAddress
from read_side.documents.person import Address as PostalAddress
from read_side.documents.product import Image, Product
from read_side.documents.review import Review
from read_side.open import ReadSide
from read_side.queries.carts import PricedCart, PricedLine
from read_side.queries.catalogue import Tree
from read_side.queries.wishlists import Wish
from write_side.fields import decimal_text as money
from write_side.identifiers import uuid_text as uuid

REVIEWS: Final = 100  # on a product's page


def profile(account: Account) -> answers.Profile:
    return answers.Profile(
        id=uuid("person", account.person_id),
        email=account.email,
        first_name=account.first_name,
        last_name=account.last_name,
        phone_number=account.phone_number,
        is_verified=account.verified,
        created_at=account.created_at,
    )


def address(booked: BookedAddress) -> answers.Address:
    postal = booked.address
    return answers.Address(
        id=uuid("address", booked.address_id),
        address_type=booked.address_type,
        full_name=postal.full_name,
        phone_number=postal.phone_number,
        street_address=postal.street_address,
        apartment=postal.apartment,
        city=postal.city,
        state=postal.state,
        country=postal.country,
        zip_code=postal.zip_code,
        is_default=booked.is_default,
        created_at=booked.created_at,
    )


def categories(tree: Tree, origin: str) -> answers.Categories:
    def below(category: Category) -> answers.Category:
        return answers.Category(
            id=uuid("category", category.category_id),
            name=category.name,
            slug=category.slug,
            description=category.description,
            image=None if category.image is None else _absolute(category.image, origin),
            children=[below(child) for child in tree.children(category.category_id)],
        )

    return answers.Categories([below(root) for root in tree.roots])


def listed_product(product: Product, tree: Tree, origin: str) -> answers.ListedProduct:
    available = product.available
    return answers.ListedProduct(
        id=uuid("product", product.product_id),
        name=product.name,
        slug=product.slug,
        price=money(product.selling_price),
        compare_price=_money(product.list_price),
        quantity=available,
        is_in_stock=available > 0,
        is_featured=product.featured,
        discount_percentage=_discount(product),
        category=_category_name(product, tree),
        images=[
            answers.ListImage(uuid("image", i.image_id), _absolute(i.address, origin), i.alt_text, i.primary)
            for i in product.images_in_order
        ],
        average_rating=_rating(product),
        review_count=product.review_count,
    )


async def product_page(reads: ReadSide, found: Product, origin: str, *, staff: bool) -> answers.Product:
    """A product with its latest reviews; one that has none costs no question after them."""
    tree = await reads.catalogue.tree()
    reviews = await reads.reviews.of_product(found.product_id, 1, REVIEWS) if found.review_count else None
    return product(found, tree, origin, reviews.items if reviews is not None else [], staff)


def product(product: Product, tree: Tree, origin: str, reviews: Sequence[Review], staff: bool) -> answers.Product:
    available = product.available
    return answers.Product(
        id=uuid("product", product.product_id),
        name=product.name,
        slug=product.slug,
        description=product.description,
        price=money(product.selling_price),
        compare_price=_money(product.list_price),
        cost_price=_money(product.cost_price) if staff else None,
        sku=product.sku,
        quantity=available,
        is_in_stock=available > 0,
        is_featured=product.featured,
        weight=product.weight,
        dimensions=product.dimensions,
        discount_percentage=_discount(product),
        category=_category_name(product, tree),
        images=[_image(image, origin) for image in product.images_in_order],
        variants=[
            answers.Variant(
                id=uuid("variant", variant.variant_id),
                name=variant.name,
                sku=variant.sku,
                price=money(product.price_of(variant.variant_id)),
                quantity=variant.available,
                attributes=variant.attributes,
            )
            for variant in product.variants.values()
        ],
        reviews=[
            answers.Review(
                id=uuid("review", review.review_id),
                user=_reviewer(review),
                rating=review.rating,
                title=review.title,
                comment=review.comment,
                is_verified_purchase=review.verified,
                created_at=review.created_at,
            )
            for review in reviews
        ],
        average_rating=_rating(product),
        review_count=product.review_count,
        created_at=product.created_at,
    )


def approved_review(review: Review) -> answers.ApprovedReview:
    return answers.ApprovedReview(
        id=uuid("review", review.review_id),
        user=_reviewer(review),
        rating=review.rating,
        title=review.title,
        comment=review.comment,
        is_verified_purchase=review.verified,
        is_approved=review.shown,
        created_at=review.created_at,
    )


def wish(found: Wish) -> answers.Wish:
    wished, available = found.product, found.available
    shown = answers.WishedProduct(
        id=uuid("product", wished.product_id),
        name=wished.name,
        slug=wished.slug,
        price=money(wished.selling_price),
        quantity=available,
        is_in_stock=available > 0,
    )
    return answers.Wish(shown, found.added_at)


def low_stock(found: Product) -> answers.LowStock:
    return answers.LowStock(
        id=uuid("product", found.product_id),
        name=found.name,
        slug=found.slug,
        sku=found.sku,
        quantity=found.available,
        threshold=found.low_stock_threshold,
    )


def cart(found: PricedCart, made: str) -> answers.Cart:
    """`made`: since when there is a cart in which nothing was ever put."""
    return answers.Cart(
        id=uuid("cart", found.person_id),
        items=[_cart_item(line) for line in found.lines],
        total_items=found.units,
        subtotal=money(found.subtotal),
        created_at=found.created_at or made,
        updated_at=found.updated_at or made,
    )


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


def _cart_item(priced: PricedLine) -> answers.CartItem:
    line, known, variant = priced.line, priced.product, priced.variant
    shown = None
    if line.variant_id is not None:
        name, sku = (variant.name, variant.sku) if variant is not None else ("", "")
        shown = answers.CartVariant(uuid("variant", line.variant_id), name, sku)
    name, slug = (known.name, known.slug) if known is not None else ("", "")
    return answers.CartItem(
        id=uuid("line", line.line_id),
        product=answers.CartProduct(uuid("product", line.product_id), name, slug),
        variant=shown,
        quantity=line.quantity,
        price=money(priced.unit_price),
        total_price=money(priced.total),
    )


def _image(image: Image, origin: str) -> answers.Image:
    address = _absolute(image.address, origin)
    return answers.Image(uuid("image", image.image_id), address, image.alt_text, image.primary, image.order)


def _absolute(address: str, origin: str) -> str:
    return origin + address if address.startswith("/") else address


def _category_name(product: Product, tree: Tree) -> answers.CategoryName | None:
    category = tree.by_id.get(product.category_id) if product.category_id is not None else None
    return None if category is None else answers.CategoryName(uuid("category", category.category_id), category.name)


def _discount(product: Product) -> int:
    """Whole percent, rounded half up."""
    before, now = product.list_price, product.selling_price
    return (200 * (before - now) + before) // (2 * before) if before is not None and before > now else 0


def _reviewer(review: Review) -> str:
    """An e-mail address is shown to nobody else."""
    return f"user-{review.person_id}"


def _rating(product: Product) -> float:
    return round(product.rating_sum / product.review_count, 2) if product.review_count else 0.0


def _money(minor: int | None) -> str | None:
    return None if minor is None else money(minor)
