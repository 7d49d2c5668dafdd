"""Returns of past business: what came back and when, with the purchases it belongs to as far as they are
known. Goods of no known purchase came back all the same."""
