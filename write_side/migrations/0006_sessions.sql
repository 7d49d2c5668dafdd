-- One login: refresh tokens are good while theirs lasts, whichever of them is presented. To end it is one row, so a
-- token that is being rotated meanwhile cannot outlive it.
CREATE TABLE sessions (
    session_id bigint PRIMARY KEY,
    person_id  bigint NOT NULL,
    surface    text NOT NULL,
    remember   boolean NOT NULL DEFAULT false,
    began_at   timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);
CREATE INDEX sessions_person ON sessions (person_id);
INSERT INTO sessions (session_id, person_id, surface)
    SELECT DISTINCT ON (family) family, person_id, surface FROM refresh_tokens;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO {app_role};

ALTER TABLE refresh_tokens ADD COLUMN rotated_at timestamptz; -- when its successor was issued

-- Links for a new password: one per person, the newest. `number`: of the request, by which an older one's mail cannot
-- take its place; without a hash the mail has not been written yet.
CREATE TABLE password_resets (
    person_id  bigint PRIMARY KEY,
    number     int NOT NULL,
    token_hash bytea UNIQUE,
    expires_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets TO {app_role};

-- Whose contact details have which telephone number, by its keyed hash. Several people may share one.
CREATE TABLE phones (
    person_id  bigint PRIMARY KEY,
    phone_hash text NOT NULL
);
CREATE INDEX phones_hash ON phones (phone_hash);
GRANT SELECT, INSERT, UPDATE, DELETE ON phones TO {app_role};
