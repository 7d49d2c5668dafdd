"""Speed, measured side by side: ours and what it is held against, in turns, in one run.

In: nothing but a machine. Out: a table of ratios with their targets, JSON where `--json` asks for it.
`make bench` runs all of it on real services in a temporary home, which it removes; a missed target is
printed as one, and only an error makes the exit status other than zero.
"""
