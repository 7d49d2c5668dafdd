"""What every surface that keeps a contract of its own is made of: its table of rows, run and described.

In: requests for the paths of one surface. Out: calls of the surface's own functions, and their answers or refusals in
its shape. A surface brings its rows (`row.py`), its bodies (`body.py`, `fields.py`) and one object of data about itself
(`dialect.py`): its name, its paths, its words for each refusal (`errors.py`). Nothing here knows which surfaces
there are.

A request: `surface.py` finds the row, `callers.py` who asks, `reading.py` reads the body, the row answers;
`openapi.py` describes the same rows. How to add a surface: `docs/add-a-surface.md`.
"""
