"""Values of the document's examples, by field name; what is not here gets a value of its type."""

from typing import Any, Final

EXAMPLES: Final[dict[str, Any]] = {
    "count": 1,
    "description": "A laptop for every day.",
    "detail": "Not found.",
    "email": "ada@example.com",
    "name": "Laptop",
    "next": None,
    "previous": None,
}
