"""The native command surface: `POST /commands/{command-name}` for every command of the write side,
generated from the command types."""
