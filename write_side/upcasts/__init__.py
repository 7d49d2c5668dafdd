"""How stored events of older versions become current ones: a module per aggregate, a function per
step, taking the event's fields as a dict and changing it in place. Golden samples of every version
are in `tests/golden/`."""
