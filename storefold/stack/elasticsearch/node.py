"""One Elasticsearch node of a home.

In: a home and two ports. Out: a `Service` that is ready only when the node's analysis gives the tokens
that the official image gives.
"""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from storefold.stack.elasticsearch.install import ensure_installed
from storefold.stack.elasticsearch.jvm import java, write_node_files
from storefold.stack.errors import StackError
from storefold.stack.probes import http_ok
from storefold.stack.service import Say, Service

# What our index settings use, and what Elasticsearch's documentation says comes out.
EXPECTED_TOKENS: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"analyzer": "english", "text": "The running shoes"}, ["run", "shoe"]),
    ({"tokenizer": "standard", "filter": ["lowercase", "asciifolding"], "text": "Crème"}, ["creme"]),
    ({"tokenizer": "standard", "filter": ["porter_stem"], "text": "ponies"}, ["poni"]),
    (
        {
            "tokenizer": "standard",
            "filter": [{"type": "edge_ngram", "min_gram": 2, "max_gram": 4}],
            "text": "shirt",
        },
        ["sh", "shi", "shir"],
    ),
)


def service(home: Path, http_port: int, transport_port: int) -> Service:
    """The Elasticsearch node of a home."""
    url = f"http://127.0.0.1:{http_port}"
    folder = home / "elasticsearch"

    def prepare(say: Say) -> None:
        write_node_files(folder, ensure_installed(say), http_port, transport_port)

    def finish(_say: Say) -> None:
        for request, expected in EXPECTED_TOKENS:
            check_analysis(url, request, expected)

    return Service(
        name="elasticsearch",
        argv=(str(java()), f"@{folder / 'config' / 'java.args'}"),
        prepare=prepare,
        # Not GET /, which this node lacks. Yellow: every primary shard of the home is recovered.
        ready=lambda: http_ok(f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"),
        finish=finish,
        timeout=120,
    )


def check_analysis(url: str, request: dict[str, Any], expected: list[str]) -> None:
    """Raises `StackError` unless the node answers `_analyze` with these tokens."""
    body = json.dumps(request).encode()
    question = urllib.request.Request(
        f"{url}/_analyze", data=body, headers={"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(question, timeout=10) as answer:
            tokens = [token["token"] for token in json.load(answer)["tokens"]]
    except urllib.error.HTTPError as error:
        raise StackError(f"Elasticsearch cannot analyse {request}: {error.read().decode()}") from error
    if tokens != expected:
        raise StackError(f"Elasticsearch's analysis of {request} is {tokens}, should be {expected}")
