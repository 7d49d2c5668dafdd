"""Sessions: one login of a person on a surface, in a stream of its own. Its refresh tokens are no events."""
