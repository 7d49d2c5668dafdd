"""`python -m storefold`."""

from storefold.cli import app

app()
