"""The cart: one per person, one line per product and variant, nothing reserved."""
