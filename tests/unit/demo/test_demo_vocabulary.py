"""Slips in the word tables that would otherwise pass in silence."""

import pytest

from storefold.demo.vocabulary import Leaf, load_brands, load_roots

LEAVES = [leaf for root in load_roots() for middle in root.middles for leaf in middle.leaves]


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf.name for leaf in LEAVES])
def test_items_and_surcharges_name_what_their_leaf_declares(leaf: Leaf) -> None:
    for item in leaf.items:
        assert set(item.attributes) <= set(leaf.attributes), item.name
    axis_values = {value for values in leaf.variants.values() for value in values}
    assert set(leaf.surcharges) <= axis_values
    # An axis that were a drawn attribute too would describe the base twice.
    assert not set(leaf.variants) & set(leaf.attributes)
    assert len(set(leaf.notes)) == len(leaf.notes) >= 2


def test_every_brand_has_a_sentence_and_a_shelf() -> None:
    assert {brand for leaf in LEAVES for brand in leaf.brands} == set(load_brands())


def test_leaf_codes_are_unique_below_their_root() -> None:
    for root in load_roots():
        codes = [leaf.code for middle in root.middles for leaf in middle.leaves]
        assert len(codes) == len(set(codes))
