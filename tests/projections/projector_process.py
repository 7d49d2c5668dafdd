"""A projector as a process, for tests that kill it: argv is the store, then `Places` as JSON."""

import json
import logging
import sys

from shop_past import open_sealed

from projections.main import Places, run
from read_side.documents.layout import Layout
from read_side.documents.search import SearchLayout

logging.basicConfig(level=logging.INFO)
name, text = sys.argv[1:]
fields = json.loads(text)
places = Places(
    fields["dsn"],
    fields["redis_url"],
    fields["elasticsearch_url"],
    Layout(fields["tag"]),
    SearchLayout(fields["prefix"]),
)
run(name, places, open_sealed)  # type: ignore[arg-type]
