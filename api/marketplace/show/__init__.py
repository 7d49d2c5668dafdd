"""The read side's documents in the contract's shapes; a module per subject."""
