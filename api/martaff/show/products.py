"""Products as the contract has them."""

from api.martaff.answers.products import Category, Product
from read_side.documents import product as documents
from read_side.queries.catalogue import Tree
from write_side.fields import decimal_text


def product(found: documents.Product, tree: Tree) -> Product:
    """`price` is before a reduction, which is what the shop calls the list price."""
    percent = found.discount_percent
    return Product(
        id=found.product_id,
        manufacturer=found.seller_id,
        name=found.name,
        description=found.description,
        price=decimal_text(found.full_price),
        discount_percent=None if percent is None else float(percent),
        discount_price=None if found.list_price is None else decimal_text(found.selling_price),
        category=_category(found.category_id, tree),
        is_active=found.active,
    )


def _category(category_id: int | None, tree: Tree) -> Category | None:
    shown: Category | None = None
    for category in tree.path(category_id):
        shown = Category(category.name, shown)
    return shown
