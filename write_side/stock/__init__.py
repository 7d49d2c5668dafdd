"""Stock of one sellable thing: a product's base, or a variant. Available = on hand - reserved."""
