"""A core with nothing in it, for what is tested of the HTTP side alone: whatever a test does not give is missing."""

from dataclasses import MISSING, fields
from typing import Any

from api.parts import ApiSettings, Parts

SECRET = "a-secret-that-is-long-enough-for-a-test"


def bare_parts(**given: Any) -> Parts:
    required = [one.name for one in fields(Parts) if one.init and one.default is one.default_factory is MISSING]
    settings = ApiSettings(SECRET, "redis://nowhere", "http://nowhere")
    return Parts(**{**dict.fromkeys(required), "settings": settings, **given})
