"""Events in, documents out.

What enters: the log, in order, from `write_side.event_store`. What leaves: the documents of
`read_side/documents/`, in Redis and Elasticsearch, each store with the position that they stand at.

`models/` holds a module of folds per read model, `folding.py` applies a batch of events to them in
memory, `stores/` write the result and its position together, `runner.py` follows the log for ever,
`rebuild.py` makes a second generation beside the live one. `main.py` is what a process calls.
"""
