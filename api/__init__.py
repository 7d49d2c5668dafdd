"""HTTP: commands in, documents out. A folder per surface; none of them holds a rule."""
