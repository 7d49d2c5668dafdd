"""Products with their variants and images. Slugs and SKUs are unique names; stock is kept apart."""
