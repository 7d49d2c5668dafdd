"""Categories in the contract's words."""

from collections.abc import Mapping

from api.marketplace.answers import categories as answers
from read_side.documents.catalogue import Category
from read_side.queries.catalogue import Tree


def category(found: Category, tree: Tree, counts: Mapping[int, int]) -> answers.Category:
    """`counts` by category; with all that is below it."""
    return answers.Category(
        id=found.category_id,
        name=found.name,
        slug=found.slug,
        description=found.description,
        subcategories=[category(child, tree, counts) for child in tree.children(found.category_id)],
        product_count=counts[found.category_id],
    )
