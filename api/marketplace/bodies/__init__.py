"""What may be sent; a module per subject."""
