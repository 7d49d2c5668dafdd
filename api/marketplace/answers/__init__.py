"""The contract's answers, field by field in its order; a module per subject."""
