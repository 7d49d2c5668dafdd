-- The application's role may not delete rows of idempotency; it may have the old ones deleted, an hour's are never among
-- them. (0010 had granted it the right.)
CREATE OR REPLACE FUNCTION idempotency_prune(p_seconds double precision, p_keep bytea[], p_at_once integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM idempotency WHERE key IN (
            SELECT key FROM idempotency
            WHERE recorded_at < now() - make_interval(secs => greatest(p_seconds, 3600)) AND key <> ALL (p_keep)
            LIMIT p_at_once
        ) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION idempotency_prune FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency_prune TO {app_role};
REVOKE DELETE ON idempotency FROM {app_role};
