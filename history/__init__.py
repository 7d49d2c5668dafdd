"""For analysts and auditors: the log as it was written, read without touching it.

What enters: rows of the log, through whatever reads them (`storefold/bootstrap.py` decides which database). What
leaves: entries with the event in its current version, its metadata and its place. Called by the command line.
"""
