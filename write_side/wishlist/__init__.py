"""What people want to remember: one list per person, each product once."""
