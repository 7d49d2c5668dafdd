"""Where documents are kept: Redis and Elasticsearch behind one interface (`base.py`)."""
