"""The contract's rows, by subject."""
