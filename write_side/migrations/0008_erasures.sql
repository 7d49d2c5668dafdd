-- The last of them is asked for once a second.
CREATE INDEX events_account_erased ON events (position) WHERE topic = 'account.erased';
