"""The documentation pages work on a machine that reaches nothing else."""

import re

import pytest
from support.product import Client


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/docs", "/openapi.json"),
        ("/api/docs/", "/api/schema/"),
        ("/api/marketplace/docs/", "/api/marketplace/schema/"),
        ("/martaff/docs/", "/martaff/schema/"),
    ],
)
def test_a_page_and_all_that_it_loads_come_from_here(anyone: Client, path: str, schema: str) -> None:
    page = anyone.http.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not re.search(r"(?:https?:)?//[\w.-]+\.\w", page.text), "a foreign host"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 3
    for address, kind in zip(sorted(loaded), ("image/png", "text/javascript", "text/css"), strict=True):
        asset = anyone.http.get(address)
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(kind)
        assert asset.headers["etag"]
    assert f"url: '{schema}'" in page.text
    assert anyone.http.get(schema).json()["openapi"] == "3.1.0"


def test_the_assets_can_show_a_document_of_that_version(anyone: Client) -> None:
    script = anyone.http.get("/docs/assets/swagger-ui-bundle.js").text
    assert "isOAS31" in script


@pytest.mark.parametrize("path", ["/docs/assets/", "/docs/assets/../core.py", "/docs/assets/%2e%2e/core.py", "/redoc"])
def test_nothing_else_is_served(anyone: Client, path: str) -> None:
    assert anyone.http.get(path).status_code == 404
