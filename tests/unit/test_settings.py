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
    stored = {"STOREFOLD_STORAGE_ACCESS_KEY": "own", "STOREFOLD_STORAGE_SECRET_KEY": "storage_own"}
    for name, value in (OWN | stored | {"STOREFOLD_PROFILE": "production"}).items():
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


def test_the_storage_has_a_secret_of_its_own_or_none_or_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STOREFOLD_STORAGE_SECRET_KEY")
    with pytest.raises(ValidationError, match="STOREFOLD_STORAGE_SECRET_KEY must be set"):
        Settings()
    monkeypatch.setenv("STOREFOLD_STORAGE", "off")
    assert Settings().storage == "off"
    monkeypatch.setenv("STOREFOLD_STORAGE", "on")
    monkeypatch.setenv("STOREFOLD_STORAGE_SECRET_KEY", "")
    with pytest.raises(ValidationError, match="belong together"):
        Settings()
    monkeypatch.setenv("STOREFOLD_STORAGE_ACCESS_KEY", "")
    assert Settings().storage_secret_key.get_secret_value() == ""
