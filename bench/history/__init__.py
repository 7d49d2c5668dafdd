"""`python -m bench history`: a real shop's year, through the product as it runs, as the load on which it proves its
scale.

The file is imported by `storefold import-orders` into a product that `storefold run` started. At 10 %, 50 % and all
of it the import is interrupted, and measured is what a command, a query and a rebuilt event cost: the costs must not
grow with the history. At its end: rebuilds with and without load on the API, the memory of every process, the size of
the log.
"""
