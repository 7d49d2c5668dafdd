"""Documents in, answers out.

What enters: documents that `projections/` writes to Redis and Elasticsearch. What leaves: answers
to the API's queries, from those stores alone. The write side and its Postgres are never asked.

`documents/` says what a document is and where it lies, `queries/` asks; `redis.py` reads many
documents in one round trip, `positions.py` knows how far the models have come.
"""
