"""Secrets are no events: password hashes, refresh tokens and one-time tokens, in ordinary tables that
can be replaced and forgotten. Tokens are stored as SHA-256 of their 256 random bits."""
