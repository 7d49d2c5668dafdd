-- What was looked at: observations, no decisions. They have a log of their own, beside the one that is proved and
-- audited: a row is what one process counted between two looks at the clock. Nothing personal but a person's number.
CREATE TABLE observations (
    position bigint PRIMARY KEY,
    batch    uuid   NOT NULL UNIQUE,   -- drawn by the writer, who may not know whether it got through
    state    bytea  NOT NULL           -- UTF-8 JSON, write_side/observations/observed.py
);

-- As with log_head: the row's lock puts batches in one order, and positions have no holes.
CREATE TABLE observations_head (
    sole     boolean PRIMARY KEY DEFAULT true CHECK (sole),
    position bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO observations_head (position) VALUES (0);

-- The position of the batch, which is stored once however often it is sent.
CREATE FUNCTION observations_append(p_batch uuid, p_state bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
BEGIN
    -- First the lock: an earlier sending of the batch has committed then, or never will.
    PERFORM FROM observations_head FOR UPDATE;
    SELECT position INTO found FROM observations WHERE batch = p_batch;
    IF found IS NULL THEN
        UPDATE observations_head SET position = position + 1 RETURNING position INTO found;
        INSERT INTO observations (position, batch, state) VALUES (found, p_batch, p_state);
        PERFORM pg_notify('storefold_observed', '');
    END IF;
    RETURN found;
END $$;

-- For analysts: a row for each thing that was looked at.
CREATE VIEW observed AS
SELECT position, (doc ->> 'at')::timestamptz AS at, one ->> 0 AS kind, (one ->> 1)::bigint AS subject,
       (one ->> 2)::bigint AS person_id, (one ->> 3)::bigint AS times
FROM (SELECT position, convert_from(state, 'UTF8')::jsonb AS doc FROM observations) AS decoded,
     jsonb_array_elements(doc -> 'counts') AS one;

GRANT SELECT, INSERT ON observations TO {app_role};
GRANT SELECT, UPDATE ON observations_head TO {app_role};
GRANT SELECT ON observed TO {app_role};
