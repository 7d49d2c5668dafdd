"""Telephone numbers by which a person is found: those in E.164."""

import re
from collections.abc import Mapping
from typing import Any, Final

_E164: Final = re.compile(r"\+[1-9][0-9]{0,14}", re.ASCII)
_SPACING: Final = re.compile(r"[\s().\u2010-\u2014-]")


def e164(text: str) -> str | None:
    """The number, when it is one: + and up to 15 digits, the first not 0."""
    return text if _E164.fullmatch(text) else None


def phone_in(contact_details: Mapping[str, Any] | None) -> str | None:
    """The number that a person can be found by, however they spaced it; None: there is none."""
    phone = (contact_details or {}).get("phone")
    return e164(_SPACING.sub("", phone)) if isinstance(phone, str) else None
