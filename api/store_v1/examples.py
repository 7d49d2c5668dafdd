"""An example of every body and answer of the document: one order of one laptop, seen from each row.

Made of the schemas, so that no field can be forgotten; the values come from one list, by field name.
"""

from typing import Any, Final

Schema = dict[str, Any]

_ID = "0192f5f0-8a00-8000-8000-00000000002a"
_MOMENT = "2026-01-02T03:04:05.000006Z"
_VALUES: Final[dict[str, Any]] = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI0MiJ9.c2lnbmF0dXJl",
    "address_type": "shipping",
    "alt_text": "Laptop",
    "apartment": "4b",
    "average_rating": 4.5,
    "carrier": "UPS",
    "city": "London",
    "client_secret": "pi_3PqR_secret_8sTu",
    "code": "validation_error",
    "comment": "Quiet, and fast enough.",
    "compare_price": "2999.99",
    "cost_price": None,
    "count": 1,
    "country": "GB",
    "description": "A laptop for every day.",
    "details": {"quantity": ["Quantity must be greater than 0."]},
    "dimensions": "31 x 22 x 2 cm",
    "discount": "0.00",
    "discount_percentage": 17,
    "email": "ada@example.com",
    "error": "Invalid input",
    "event_id": "evt-20260102-1",
    "expires_in": 3600,
    "first_name": "Ada",
    "full_name": "Ada Lovelace",
    "image": "/media/laptop.jpg",
    "item_count": 1,
    "last_name": "Lovelace",
    "message": "Done",
    "name": "Laptop",
    "new_password": "Correct-horse-2",
    "new_password_confirm": "Correct-horse-2",
    "news": "delivered",
    "next": None,
    "note": "Handed to the carrier.",
    "old_password": "Correct-horse-1",
    "order_number": "ORD-20260102-7K2QXZ",
    "password": "Correct-horse-1",
    "password_confirm": "Correct-horse-1",
    "payment_intent_id": "pi_3PqR",
    "phone_number": "+1234567890",
    "previous": None,
    "price": "2499.99",
    "product_name": "Laptop",
    "product_sku": "LAP-1",
    "quantity": 1,
    "rating": 5,
    "retry_after": 42,
    "review_count": 2,
    "shipping_cost": "5.00",
    "sku": "LAP-1",
    "slug": "laptop",
    "state": "Greater London",
    "status": "pending",
    "street_address": "12 St James's Square",
    "subtotal": "2499.99",
    "tax": "249.99",
    "threshold": 10,
    "title": "Just right",
    "total_amount": "2754.98",
    "total_items": 1,
    "total_price": "2499.99",
    "tracking_number": "1Z999AA10123456784",
    "user": "ada@example.com",
    "variant_name": "16 GB",
    "weight": "1.25",
    "zip_code": "SW1Y 4JH",
    "attributes": {"memory": "16 GB"},
    "children": [],
    "category": "laptops",
}
_PLAIN: Final = {"integer": 1, "number": 1.5, "object": {}}


def example_of(schema: Schema, components: dict[str, Schema], name: str = "") -> Any:
    """A value for a field of this name; that the schema allows it, a test proves for every row."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, name)
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if options and any("$ref" in option for option in options):
        return example_of(options[0], components, name)
    if "properties" in schema:
        return {field: example_of(part, components, field) for field, part in schema["properties"].items()}
    if schema.get("type") == "array" and name != "children":
        return [example_of(schema["items"], components, name)]
    return _value(schema, name, [schema, *options])


def _value(schema: Schema, name: str, options: list[Schema]) -> Any:
    formats = {option.get("format") for option in options}
    if "uuid" in formats:
        return _ID
    if "date-time" in formats:
        return _MOMENT
    if schema.get("enum") and _VALUES.get(name) not in schema["enum"]:
        return schema["enum"][0]
    if schema.get("type") == "boolean":
        return name != "is_default"
    return 0 if name == "order" else _VALUES.get(name, _PLAIN.get(schema.get("type", ""), name))
