"""The documented signature is the one that is verified, and the documented secret the one in force."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from api.signatures import BadSignature, verify
from api.store_v1.bodies import CarrierNews
from storefold.settings import DEVELOPMENT_CARRIER_SECRET

TEXT = (Path(__file__).parents[2] / "docs" / "carrier-webhook.md").read_text()


def test_the_sample_signs_what_is_verified() -> None:
    names: dict[str, Any] = {}
    exec("".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)), names)
    event = {"event_id": "e", "order_id": "1", "news": "shipped", "tracking_number": "T"}
    body, headers = names["signed"](event, DEVELOPMENT_CARRIER_SECRET)
    verify(body, headers["Carrier-Signature"], DEVELOPMENT_CARRIER_SECRET, time.time())
    with pytest.raises(BadSignature):
        verify(body, headers["Carrier-Signature"], "another", time.time())
    assert CarrierNews.model_validate_json(body).news == "shipped"


def test_the_document_names_the_secret_and_every_field() -> None:
    assert f"`{DEVELOPMENT_CARRIER_SECRET}`" in TEXT
    for field in CarrierNews.model_fields:
        assert f"`{field}`" in TEXT
