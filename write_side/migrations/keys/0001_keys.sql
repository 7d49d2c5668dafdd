-- A data key per person, wrapped under the master key. In a database of its own, and in production
-- in a cluster of its own: a shared WAL would keep destroyed keys beside the events they open.
CREATE TABLE person_keys (
    person_id   bigint NOT NULL,
    version     int NOT NULL,
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, version)
);
-- A destroyed person stays destroyed: no key is made for them again.
CREATE TABLE destroyed_persons (
    person_id    bigint PRIMARY KEY,
    destroyed_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, DELETE ON person_keys TO {app_role};
GRANT SELECT, INSERT ON destroyed_persons TO {app_role};
