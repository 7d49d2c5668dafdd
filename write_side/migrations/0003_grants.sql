-- The application's role may add to the log and read it, and nothing else with it.
GRANT USAGE ON SCHEMA public TO {app_role};
GRANT SELECT, INSERT ON events TO {app_role};
GRANT SELECT, UPDATE ON log_head TO {app_role};
GRANT SELECT ON history TO {app_role};
GRANT SELECT, INSERT, DELETE ON names TO {app_role};
GRANT SELECT, INSERT ON idempotency TO {app_role};
GRANT SELECT, INSERT, UPDATE ON checkpoints TO {app_role};
GRANT USAGE ON SEQUENCE ids TO {app_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON credentials, refresh_tokens, one_time_tokens TO {app_role};
GRANT SELECT ON schema_migrations TO {app_role};
