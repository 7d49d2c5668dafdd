"""From documents of the read side to answers, by subject."""
