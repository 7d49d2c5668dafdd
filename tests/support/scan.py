"""Looks for words in everything that a running product keeps."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis
from psycopg import sql

from storefold.stack import Endpoints

POST = "outbox"  # mails that were sent: other people's post


def places(endpoints: Endpoints, home: Path) -> Iterator[tuple[str, bytes]]:
    """Every value in Redis, Elasticsearch, both databases and the files of a home, with where it lies."""
    yield from _redis(endpoints.redis_url)
    yield from _elasticsearch(endpoints.elasticsearch_url)
    for dsn in (endpoints.postgres_owner_dsn, endpoints.keys_owner_dsn):
        yield from _postgres(dsn)
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_symlink() and POST not in path.parts:
            try:
                yield f"file {path.relative_to(home)}", path.read_bytes()
            except FileNotFoundError:
                continue  # Postgres and Elasticsearch put theirs away while we look


def found(words: Collection[str], where: Iterator[tuple[str, bytes]]) -> dict[str, set[str]]:
    """Where each word is, whatever case its letters have; words that are nowhere are left out."""
    wanted = {word: word.lower().encode() for word in words}
    hits: dict[str, set[str]] = {}
    for place, value in where:
        lowered = value.lower()
        for word, form in wanted.items():
            if form in lowered:
                hits.setdefault(word, set()).add(place)
    return hits


def _redis(url: str) -> Iterator[tuple[str, bytes]]:
    with redis.Redis.from_url(url) as client:
        numbers = [name.removeprefix("db") for name in client.info("keyspace")]
    for number in numbers:
        with redis.Redis.from_url(f"{url.rpartition('/')[0]}/{number}") as client:
            for key in client.scan_iter(count=1000):
                yield f"redis {number} {key.decode()}", key + b"\n" + b"\n".join(_values(client, key))


def _values(client: Any, key: bytes) -> Iterator[bytes]:
    match client.type(key):
        case b"string":
            yield client.get(key) or b""
        case b"hash":
            for field, value in client.hscan_iter(key, count=1000):
                yield field + b" " + value
        case b"zset":
            yield from (member for member, _ in client.zscan_iter(key, count=1000))
        case b"set":
            yield from client.sscan_iter(key, count=1000)
        case b"list":
            yield from client.lrange(key, 0, -1)
        case b"none":
            return  # it has expired
        case other:
            raise NotImplementedError(f"{key!r} is a {other!r}")


def _elasticsearch(url: str) -> Iterator[tuple[str, bytes]]:
    with httpx.Client(base_url=url, timeout=30) as client:
        for row in client.get("/_cat/indices?format=json&h=index&expand_wildcards=all").json():
            index, after = row["index"], None
            while True:
                body: dict[str, Any] = {"size": 2000, "sort": [{"_doc": "asc"}]}
                if after is not None:
                    body["search_after"] = after
                answer = client.post(f"/{index}/_search", json=body)
                hits = answer.raise_for_status().json()["hits"]["hits"]
                if not hits:
                    break
                yield f"elasticsearch {index}", answer.text.encode()
                after = hits[-1]["sort"]


def _postgres(dsn: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(dsn) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                values = (value if isinstance(value, bytes) else str(value).encode() for value in row)
                yield f"postgres {table}", b"\n".join(values)
