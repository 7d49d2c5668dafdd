"""What the suites share: one stack of real services per run, fresh databases, a shop to act in.

`stack.py` starts the services once and lets every worker use them, `databases.py` clones migrated
databases, `shop.py` speaks to a bus as clients do. The fixtures over them are in `tests/conftest.py`.
"""
