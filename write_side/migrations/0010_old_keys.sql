-- Answers under clients' keys are kept for a while (STOREFOLD_IDEMPOTENCY_DAYS), not for ever. Rows come in the order
-- of their time, so a summary of each stretch of pages finds the old ones.
GRANT DELETE ON idempotency TO {app_role};
CREATE INDEX idempotency_age ON idempotency USING brin (recorded_at) WITH (autosummarize = on);
