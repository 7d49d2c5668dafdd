"""Accounts: who a person is, what they may do, where their orders go. Personal values are sealed."""
