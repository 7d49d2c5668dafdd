"""One module per format: bytes in, rows out, and `BrokenFile` with the place where it breaks."""
