"""The catalogue: products with their variants, categories, brands. An aggregate per folder."""
