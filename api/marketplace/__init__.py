"""The marketplace's API, `/api/marketplace/`: products of many sellers, carts, orders with a parcel for each seller.

In: requests of that contract. Out: commands and queries of the core, and their answers in the contract's words.
Nothing here decides; what its parts are for, `docs/add-a-surface.md` says.
"""
