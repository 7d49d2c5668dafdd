"""What is answered, by subject: field by field in the contract's order."""
