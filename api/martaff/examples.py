"""Values of the document's examples, by field name; what is not here gets a value of its type."""

from typing import Any, Final

EXAMPLES: Final[dict[str, Any]] = {
    "bank_details": {"iban": "DE02120300000000202051"},
    "category": {"name": "Laptops", "parent": {"name": "Electronics", "parent": None}},
    "color": "silver",
    "comment": "Fast and light.",
    "contact_details": {"phone": "+14155552671", "city": "London"},
    "count": 1,
    "description": "A laptop for every day.",
    "detail": "Not found.",
    "discount_percent": 10,
    "discount_price": "899.99",
    "email": "ada@example.com",
    "name": "Laptop",
    "next": None,
    "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    "password": "Zx8-kettle",
    "phone_number": "+14155552671",
    "previous": None,
    "price": "999.99",
    "rating": 5,
    "renders": ["application/json", "text/html"],
    "size": "14",
    "stock": 25,
    "variations": [{"size": "14", "color": "silver", "stock": 25}],
}
