"""Events in, documents out.

What enters: the log, in order, from `write_side.event_store`. What leaves: the documents of
`read_side/documents/`, in Redis and Elasticsearch, each store with the position that they stand at.

`models/` holds a module of folds per read model, `folding.py` applies a batch of events to them in
memory, `stores/` write the result and its position together, `follower.py` does both over and over.
`runner.py` follows the log for ever, `rebuild.py` makes a second generation beside the live one and
swaps it in, `compare.py` says in what they differ, `status.py` how a store stands. `main.py` is what
a process or a command calls:

    run("redis", places, opener)
    with opened("redis", places, opener) as parts:
        build(parts.events, parts.store, parts.models)
"""
