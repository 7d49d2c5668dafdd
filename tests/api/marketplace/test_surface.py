"""What holds on every row: the shape of errors, and the document."""

import httpx
import pytest
from support.surfaces import Caller


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/"])
def test_an_unknown_path(passer_by: Caller, path: str) -> None:
    answer = passer_by.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert answer.headers["content-type"] == "application/json"


def test_a_position_that_is_none(passer_by: Caller) -> None:
    answer = httpx.get(f"{passer_by.url}/api/marketplace/nothing/", headers={"Storefold-Min-Position": "x"})
    assert answer.status_code == 400
    assert list(answer.json()) == ["Storefold-Min-Position"]
