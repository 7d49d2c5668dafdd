-- Secrets are no events: what must be forgotten or replaced lives in ordinary tables.

CREATE TABLE credentials (
    person_id     bigint PRIMARY KEY,
    password_hash text NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now()
);

-- Refresh tokens by the SHA-256 of their id; a family is one login.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    family     bigint NOT NULL,
    person_id  bigint NOT NULL,
    surface    text NOT NULL,
    issued_at  timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX refresh_tokens_person ON refresh_tokens (person_id);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);

-- Single-use tokens and codes (verification, reset), hashed.
CREATE TABLE one_time_tokens (
    token_hash bytea PRIMARY KEY,
    purpose    text NOT NULL,
    person_id  bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX one_time_tokens_person ON one_time_tokens (person_id, purpose);
