"""No production start with a secret that everybody knows."""

import pytest
from pydantic import ValidationError

from storefold.settings import Settings

OWN = {
    "STOREFOLD_SECRET_KEY": "a" * 40,
    "STOREFOLD_MASTER_KEY": "b" * 40,
    "STRIPE_WEBHOOK_SECRET": "whsec_own",
    "CARRIER_WEBHOOK_SECRET": "carrier_own",
    "STRIPE_API_KEY": "sk_own",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (OWN | {"STOREFOLD_PROFILE": "production"}).items():
        monkeypatch.setenv(name, value)


def test_with_secrets_of_its_own_it_starts() -> None:
    settings = Settings()
    assert settings.carrier_webhook_secret.get_secret_value() == "carrier_own"
    assert settings.stripe_webhook_secret.get_secret_value() == "whsec_own"


@pytest.mark.parametrize("name", OWN)
def test_each_must_be_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match=f"{name} must be set"):
        Settings()
    monkeypatch.setenv(name, "")
    with pytest.raises(ValidationError, match=f"{name} must be set"):
        Settings()
