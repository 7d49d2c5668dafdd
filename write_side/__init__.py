"""The write side: commands in, events out.

What enters: a command (`*/commands.py`) with the actor who sends it.
What leaves: events appended to the Postgres log in one transaction, and an answer
with their positions; or a refusal (`refusals.py`) that says which rule stood in the way.
Who calls: `api/`, `workers/` and the importers, always through `bus.py`.

A folder per aggregate: `commands.py` (what may be asked), `events.py` (what is stored),
`state.py` (evolve: events to state), `decide.py` (the rules), `handlers.py` (which streams
a command reads and writes). Nothing in here imports another package of ours.
"""
