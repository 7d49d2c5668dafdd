"""Values of the document's examples, by field name; what is not here gets a value of its type."""

from typing import Any, Final

EXAMPLES: Final[dict[str, Any]] = {
    "category": {"name": "Laptops", "parent": {"name": "Electronics", "parent": None}},
    "color": "silver",
    "comment": "Fast and light.",
    "discount_percent": 10,
    "discount_price": "899.99",
    "price": "999.99",
    "rating": 5,
    "size": "14",
    "stock": 25,
    "variations": [{"size": "14", "color": "silver", "stock": 25}],
    "count": 1,
    "description": "A laptop for every day.",
    "detail": "Not found.",
    "email": "ada@example.com",
    "name": "Laptop",
    "next": None,
    "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    "previous": None,
    "renders": ["application/json", "text/html"],
}
