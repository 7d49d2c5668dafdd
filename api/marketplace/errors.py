"""The contract's words for what the core refuses, beside those of the framework that its clients know.

A row that says {"message": …} or {"error": …} raises `Refused` with that body.
"""

from typing import Final

from api.rows.django_rest import rest_errors
from api.rows.errors import Words

WORDS: Final[dict[type[Exception], Words]] = {}

ERRORS: Final = rest_errors(WORDS)
