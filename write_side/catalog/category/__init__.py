"""Categories: a tree; a name is unique among its siblings, a slug everywhere."""
