"""Martaff's API, at the root beside the native surface: accounts, products and reviews of a shop of manufacturers.

In: requests of that contract. Out: commands and queries of the core, and their answers in the contract's words.
Nothing here decides; what its parts are for, `docs/add-a-surface.md` says.
"""
