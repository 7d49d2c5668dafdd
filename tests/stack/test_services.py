"""Each service answers as design §7 says it must, and is itself: no imitation passes these."""

import json
import smtplib
import urllib.error
import urllib.request
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from storefold.outside import build_storage
from storefold.running import located
from storefold.settings import Settings
from storefold.stack import Stack, StackError
from storefold.stack.elasticsearch.node import check_analysis
from storefold.stack.probes import http_ok


def elasticsearch(stack: Stack, method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"{stack.endpoints.elasticsearch_url}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("listen_addresses", "127.0.0.1")],
)
def test_postgres_keeps_what_it_acknowledged(running: Stack, setting: str, value: str) -> None:
    with psycopg.connect(running.endpoints.postgres_owner_dsn) as connection:
        assert connection.execute("SELECT current_setting(%s)", (setting,)).fetchone() == (value,)


def test_postgres_is_18_with_both_databases(running: Stack) -> None:
    for dsn, name in (
        (running.endpoints.postgres_owner_dsn, "storefold"),
        (running.endpoints.keys_owner_dsn, "storefold_keys"),
    ):
        with psycopg.connect(dsn) as connection:
            assert connection.info.server_version // 10_000 == 18
            assert connection.execute("SELECT current_database(), current_user").fetchone() == (name, "storefold")


def test_the_application_is_not_the_owner(running: Stack) -> None:
    with psycopg.connect(running.endpoints.postgres_dsn) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("storefold_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.of_its_own ()")


def test_postgres_and_redis_want_a_password(running: Stack) -> None:
    dsn = running.endpoints.postgres_owner_dsn
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(dsn.replace(dsn.split(":")[2].split("@")[0], "guess"))
    port = Redis.from_url(running.endpoints.redis_url).get_connection_kwargs()["port"]
    with Redis(port=port) as client, pytest.raises(RedisError, match="authenticated"):
        client.ping()


def test_redis_appends_to_its_file(running: Stack) -> None:
    with Redis.from_url(running.endpoints.redis_url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("dir") == {"dir": str(running.home / "redis")}


def test_an_index_may_use_every_documented_name(running: Stack) -> None:
    """The settings are the official image's; a name that the node lacks would fail the creation."""
    analysis = {
        "char_filter": {
            "tags": {"type": "html_strip"},
            "dashes": {"type": "pattern_replace", "pattern": "-", "replacement": " "},
        },
        "filter": {
            "prefixes": {"type": "edge_ngram", "min_gram": 2, "max_gram": 15},
            "parts": {"type": "ngram", "min_gram": 2, "max_gram": 3},
            "stems": {"type": "stemmer", "language": "english"},
            "owners": {"type": "stemmer", "language": "possessive_english"},
            "stops": {"type": "stop", "stopwords": "_english_"},
            "short": {"type": "truncate", "length": 5},
            "brands": {"type": "keyword_marker", "keywords": ["nikes"]},
            "spaces": {"type": "pattern_replace", "pattern": "\\s+", "replacement": " "},
            "folded": {"type": "asciifolding", "preserve_original": True},
        },
        "tokenizer": {
            "skus": {"type": "pattern", "pattern": "[-/]"},
            "starts": {"type": "edge_ngram", "min_gram": 1, "max_gram": 3, "token_chars": ["letter", "digit"]},
        },
        "analyzer": {
            "all": {
                "type": "custom",
                "char_filter": ["tags", "dashes"],
                "tokenizer": "standard",
                "filter": ["owners", "lowercase", "stops", "asciifolding", "brands", "stems"],
            },
            "suggest": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "prefixes"]},
            "sku": {"tokenizer": "skus", "filter": ["lowercase"]},
            "begins": {"tokenizer": "starts", "filter": ["lowercase", "short", "folded", "remove_duplicates"]},
            "grams": {"tokenizer": "whitespace", "filter": ["uppercase", "parts", "trim", "reverse", "length"]},
            "reading": {"type": "english", "stopwords": "_none_"},
        },
        "normalizer": {"exact": {"type": "custom", "filter": ["lowercase", "asciifolding", "trim"]}},
    }
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "analysis": analysis}
    mappings = {
        "properties": {
            "name": {
                "type": "text",
                "analyzer": "english",
                "fields": {"exact": {"type": "keyword", "normalizer": "exact"}},
            },
            "suggest": {"type": "completion"},
        }
    }
    elasticsearch(running, "PUT", "/names", {"settings": settings, "mappings": mappings})
    try:
        for analyzer, text, expected in (
            ("all", "<b>The Crème-Nikes'</b> shoes", ["creme", "nikes", "shoe"]),
            ("suggest", "Été", ["et", "ete"]),
            ("sku", "AB-12/X", ["ab", "12", "x"]),
            ("begins", "Ab-1", ["a", "ab", "1"]),
            ("reading", "to the shoes", ["to", "the", "shoe"]),
        ):
            answer = elasticsearch(running, "POST", "/names/_analyze", {"analyzer": analyzer, "text": text})
            assert [token["token"] for token in answer["tokens"]] == expected, analyzer
        normal = elasticsearch(running, "POST", "/names/_analyze", {"normalizer": "exact", "text": " Ça "})
        assert [token["token"] for token in normal["tokens"]] == ["ca"]
    finally:
        elasticsearch(running, "DELETE", "/names")


def test_a_missing_component_is_an_error(running: Stack) -> None:
    with pytest.raises(StackError, match="cannot analyse"):
        check_analysis(running.endpoints.elasticsearch_url, {"analyzer": "klingon", "text": "qapla"}, ["qapla"])
    with pytest.raises(StackError, match="should be"):
        check_analysis(running.endpoints.elasticsearch_url, {"analyzer": "english", "text": "shoes"}, ["shoes"])


def test_a_misspelt_index_is_not_made(running: Stack) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        elasticsearch(running, "PUT", "/prodcuts/_doc/1", {"name": "x"})
    assert refusal.value.code == 404
    refusal.value.close()


def test_mail_becomes_one_file(running: Stack) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@storefold.test", "buyer@storefold.test", "Grüße"
    mail.set_content("Thank you.\n.\nA line with a dot alone is no end.\n")
    before = set(running.endpoints.outbox.glob("*.eml"))
    with smtplib.SMTP(running.endpoints.smtp_host, running.endpoints.smtp_port, timeout=5) as client:
        client.send_message(mail, to_addrs=["buyer@storefold.test", "blind@storefold.test"])
    (file,) = set(running.endpoints.outbox.glob("*.eml")) - before
    kept = message_from_bytes(file.read_bytes())
    assert kept["X-RcptTo"] == "buyer@storefold.test, blind@storefold.test"
    assert "A line with a dot alone" in str(kept.get_payload())
    assert not list(running.endpoints.outbox.glob(".*"))


def test_stripe_stands_in(running: Stack) -> None:
    assert http_ok(f"{running.endpoints.stripe_url}/_health")


def test_the_storage_stands_in(running: Stack) -> None:
    storage = build_storage(located(Settings(), running.endpoints.environ()))
    assert storage is not None
    storage.put("products/1/a.png", b"kept", "image/png")
    with urllib.request.urlopen(storage.presigned_url("products/1/a.png"), timeout=5) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"kept", "image/png")
    assert storage.delete_prefix("products/1/") == 1
