"""Documents of the read side, in the contract's words, by noun."""
