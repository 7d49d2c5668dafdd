-- A person's payments, for Stripe to forget whose they were. IMMUTABLE, as what is stored is UTF-8 for ever; what
-- Postgres says of decoding in general depends on the encoding that is named.
CREATE FUNCTION event_person(state bytea) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (convert_from(state, 'UTF8')::jsonb #>> '{data,person_id}')::bigint
$$;
CREATE INDEX events_payment_person ON events (event_person(state)) WHERE topic = 'payment.requested';
