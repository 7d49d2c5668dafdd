"""What may be sent, by subject. Fields that the contract does not name are ignored."""
