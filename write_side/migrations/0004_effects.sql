-- What the log asks of the world outside and that has not been seen to be done. Written by the
-- dispatcher, struck out by workers; the log itself stays the truth about what happened, so a row too
-- many costs a look and nothing else.
CREATE TABLE effects (
    id          text COLLATE "C" PRIMARY KEY,
    kind        text COLLATE "C" NOT NULL,
    order_id    bigint NOT NULL,
    number      int NOT NULL,
    position    bigint NOT NULL,              -- of the event that asks for it
    correlation text,
    tries       int NOT NULL DEFAULT 0,
    due         timestamptz NOT NULL          -- when it is to be tried (again)
);
CREATE INDEX effects_due ON effects (due);
GRANT SELECT, INSERT, UPDATE, DELETE ON effects TO {app_role};
