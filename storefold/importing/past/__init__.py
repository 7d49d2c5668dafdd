"""Brings a shop's past in: a file of invoice lines enters; products, customers, orders, returns and stock
adjustments leave, as commands.

`lines.py` reads what a line is; `book.py` keeps all lines in a temporary file, puts invoices in order of time
and knows what follows from all of them together (names, opening levels, earlier purchases); `commands.py`
turns invoices into commands, `sending.py` has many of them on their way, `run.py` does it all in two passes;
`reconcile.py` holds the read models against the file. Called by `storefold import-orders`; memory does not
grow with the file.
"""
