"""What is answered, field by field in the contract's order, by noun. The OpenAPI document's schemas are made of
these types, so that it says what is sent."""
