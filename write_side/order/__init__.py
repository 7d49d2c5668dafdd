"""Orders: what was bought, at which price, and what became of it. An order keeps facts (paid, shipped,
cancelled); each surface derives its own word for the status from them."""
