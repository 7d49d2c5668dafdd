-- The event log and what is decided in the same transaction as an append.
-- Run by the owner; the application's role gets only what it needs at the end.

CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream   text   COLLATE "C" NOT NULL,
    version  int    NOT NULL,
    topic    text   COLLATE "C" NOT NULL,
    state    bytea  NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version)
);

-- Refused for everybody, the owner included: history is added to, never rewritten.
CREATE FUNCTION events_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are immutable: % refused', TG_OP USING ERRCODE = 'SF010';
END $$;
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_immutable();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_change;

-- One row: the position of the last event. Its row lock puts appends in one order, and because the
-- count moves in the same transaction as the events, positions have no holes. Small fillfactor: the
-- row is updated by every append, and HOT updates need room on its page.
CREATE TABLE log_head (
    sole     boolean PRIMARY KEY DEFAULT true CHECK (sole),
    position bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO log_head (position) VALUES (0);

-- Unique names: e-mail (as a keyed hash), slug, SKU, order number, payment event id ...
CREATE TABLE names (
    kind  text   COLLATE "C" NOT NULL,
    value text   COLLATE "C" NOT NULL,
    owner bigint NOT NULL,
    PRIMARY KEY (kind, value)
);

-- What was answered to a command that carried an Idempotency-Key. No personal data: `key` is a
-- hash of principal, route and key; `answer` holds ids and positions.
CREATE TABLE idempotency (
    key         bytea PRIMARY KEY,
    request     bytea NOT NULL,
    answer      bytea NOT NULL,
    position    bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

-- How far each follower of the log that keeps its state in Postgres has come.
CREATE TABLE checkpoints (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

CREATE SEQUENCE ids INCREMENT BY 1000 START WITH 1000;  -- a block per fetch, see identifiers.py

-- One append: events in any number of streams, names and idempotency rows, all or nothing, in one
-- round trip. Returns the position before the first event. Raises
--   SF001  a stream that the decision read or writes has moved on
--   SF002  a name is taken
--   SF003  an idempotency key was stored by someone else
-- p_expected is the head up to which the caller knows the log. When others have appended since, the
-- streams that were only read (p_reads at p_read_versions) must not have moved; p_reads NULL says
-- that the caller does not list them, and then any foreign append is a conflict.
-- Statements in here see what was committed before the head's lock was got: in READ COMMITTED each
-- has a snapshot of its own, which a single SQL statement would not have.
CREATE FUNCTION log_append(
    p_expected bigint, p_reads text[], p_read_versions int[],
    p_streams text[], p_versions int[], p_topics text[], p_states bytea[],
    p_release_kinds text[], p_release_values text[],
    p_claim_kinds text[], p_claim_values text[], p_claim_owners bigint[],
    p_keys bytea[], p_requests bytea[], p_answers bytea[], p_key_offsets int[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n int := cardinality(p_streams);
    before bigint;
    done int;
BEGIN
    UPDATE log_head SET position = position + n RETURNING position - n INTO before;
    IF p_expected IS NOT NULL AND before <> p_expected THEN
        IF p_reads IS NULL OR EXISTS (
            SELECT FROM unnest(p_reads, p_read_versions) AS r (stream, version)
            JOIN events e ON e.stream = r.stream AND e.version = r.version + 1
        ) THEN
            RAISE EXCEPTION 'a stream has moved on' USING ERRCODE = 'SF001';
        END IF;
    END IF;
    IF n > 0 THEN
        INSERT INTO events (position, stream, version, topic, state)
        SELECT before + i, s, v, t, d
        FROM unnest(p_streams, p_versions, p_topics, p_states) WITH ORDINALITY AS u (s, v, t, d, i);
    END IF;
    IF cardinality(p_release_kinds) > 0 THEN
        DELETE FROM names USING unnest(p_release_kinds, p_release_values) AS u (k, v)
        WHERE kind = u.k AND value = u.v;
    END IF;
    IF cardinality(p_claim_kinds) > 0 THEN
        INSERT INTO names (kind, value, owner)
        SELECT * FROM unnest(p_claim_kinds, p_claim_values, p_claim_owners)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done < cardinality(p_claim_kinds) THEN
            RAISE EXCEPTION 'a name is taken' USING ERRCODE = 'SF002';
        END IF;
    END IF;
    IF cardinality(p_keys) > 0 THEN
        INSERT INTO idempotency (key, request, answer, position)
        SELECT k, r, a, before + o
        FROM unnest(p_keys, p_requests, p_answers, p_key_offsets) AS u (k, r, a, o)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done < cardinality(p_keys) THEN
            RAISE EXCEPTION 'an idempotency key is taken' USING ERRCODE = 'SF003';
        END IF;
    END IF;
    IF n > 0 THEN
        PERFORM pg_notify('storefold_log', '');
    END IF;
    RETURN before;
END $$;

-- For analysts: the log as SQL with JSON. Personal values stay sealed.
CREATE VIEW history AS
SELECT position, stream, version, topic AS event, (doc ->> 'v')::int AS event_version,
       (doc #>> '{meta,at}')::timestamptz AS at, doc -> 'data' AS data, doc -> 'meta' AS meta
FROM (SELECT position, stream, version, topic, convert_from(state, 'UTF8')::jsonb AS doc
      FROM events) AS decoded;
