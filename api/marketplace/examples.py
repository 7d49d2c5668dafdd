"""Values of the document's examples, by field name; what is not here gets a value of its type."""

from typing import Any, Final

_ADDRESS: Final = {
    "full_name": "Ada Lovelace",
    "street": "12 St James's Square",
    "city": "London",
    "state": "Greater London",
    "postal_code": "SW1Y 4JH",
    "country": "GB",
    "phone": "+441234567890",
}

EXAMPLES: Final[dict[str, Any]] = {
    **_ADDRESS,
    "cancellation_reason": "Out of stock.",
    "carrier_code": "GB-2",
    "count": 1,
    "description": "A laptop for every day.",
    "detail": "Not found.",
    "email": "ada@example.com",
    "name": "Laptop",
    "new_status": "shipped",
    "next": None,
    "notes": "Ring twice.",
    "previous": None,
    "previous_status": "awaiting_shipment",
    "price": "999.00",
    "shipping_address": _ADDRESS,
    "shipping_carrier": "Royal Mail",
    "shipping_cost": "0.00",
    "slug": "laptop",
    "status": "pending",
    "subtotal": "999.00",
    "tax_amount": "0.00",
    "total_amount": "999.00",
    "total_price": "999.00",
    "tracking_number": "RM123456789GB",
    "unit_price": "999.00",
    "username": "user-1001",
}
