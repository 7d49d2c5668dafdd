"""HTTP: commands in, documents out.

`app.py` puts the surfaces together, each in a folder of its own: `commands/` and `queries/` are the
native one, the others speak the APIs of the systems that Storefold replaces. A surface translates
between its contract and the core; it holds no rule. What all of them share is in the modules here:
who calls (`auth.py`, `tokens.py`), how a command is sent (`gateway.py`), what every request goes
through (`middleware.py`), and how a refusal is said (`problems.py`). What surfaces with a contract of their own are
made of lies in `rows/`.
"""
