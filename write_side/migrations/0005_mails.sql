-- Mails: what an effect is about is an order, a person or a product now, and its number may be a position.
ALTER TABLE effects RENAME COLUMN order_id TO subject;
ALTER TABLE effects ALTER COLUMN number TYPE bigint;

-- What became of each mail, for good: an effect that is asked for again finds that it was carried out.
-- No personal data: `reply` is the mail server's code.
CREATE TABLE mails (
    id       text COLLATE "C" PRIMARY KEY,    -- the effect's
    position bigint NOT NULL,                 -- of the event that asked for it
    outcome  text NOT NULL CHECK (outcome IN ('sent', 'refused', 'needless', 'expired')),
    reply    text,
    at       timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON mails TO {app_role};

-- Whoever was ever given a role; whether they still have it their account says.
CREATE INDEX events_role_granted ON events (position) WHERE topic = 'account.role-granted';
