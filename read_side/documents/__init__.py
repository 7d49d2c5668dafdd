"""What the read models hold: one struct per document, and where each lies (`layout.py`).

Every document is JSON with its fields in the order of its struct, so equal documents are equal
bytes. Money is integer minor units, times are ISO 8601 text in UTC, `position` is that of the last
event that changed the document: a fold leaves events at or below it out.
"""
