"""Categories, products, reviews and wishes, in the contract's words."""

from collections.abc import Sequence
from typing import Final

from api.store_v1.answers import catalogue as answers
from read_side.documents.catalogue import Category
from read_side.documents.product import Image, Product
from read_side.documents.review import Review
from read_side.open import ReadSide
from read_side.queries.catalogue import Tree
from read_side.queries.wishlists import Wish
from write_side.fields import decimal_text as money
from write_side.identifiers import uuid_text as uuid

REVIEWS: Final = 100  # on a product's page


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
        average_rating=product.rating or 0.0,
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
                user=review.reviewer,
                rating=review.rating,
                title=review.title,
                comment=review.comment,
                is_verified_purchase=review.verified,
                created_at=review.created_at,
            )
            for review in reviews
        ],
        average_rating=product.rating or 0.0,
        review_count=product.review_count,
        created_at=product.created_at,
    )


def approved_review(review: Review) -> answers.ApprovedReview:
    return answers.ApprovedReview(
        id=uuid("review", review.review_id),
        user=review.reviewer,
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


def _money(minor: int | None) -> str | None:
    return None if minor is None else money(minor)
