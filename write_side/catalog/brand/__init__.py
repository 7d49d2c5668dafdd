"""Brands: a name, unique by its folded form."""
