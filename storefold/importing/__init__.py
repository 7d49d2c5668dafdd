"""Brings catalogues in: a file of products enters, commands leave.

`files.py` opens it and `readers/` turn it into rows with their line numbers, `products.py` turns a row
into the command that would make the product, `catalogue.py` sends what is new or has changed through
the bus, and `report.py` says what became of each. Called by `storefold import-catalog`; memory does
not grow with the file.
"""
