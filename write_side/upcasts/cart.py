"""Upcasts of the cart's events."""

from typing import Any


def item_added_v1_v2(fields: dict[str, Any]) -> None:
    """Version 1 did not say what the item cost when it was added; nobody can know it now."""
    fields["unit_price"] = None
