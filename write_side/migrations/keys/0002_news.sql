-- Every process that keeps keys in memory hears that one is gone, whoever deleted it.
CREATE FUNCTION tell_of_destroyed_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('storefold_keys', OLD.person_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER person_keys_destroyed AFTER DELETE ON person_keys
    FOR EACH ROW EXECUTE FUNCTION tell_of_destroyed_key();

-- A deleted row lies in its page until that is vacuumed: not for long.
ALTER TABLE person_keys SET (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
