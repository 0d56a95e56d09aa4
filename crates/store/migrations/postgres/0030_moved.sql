-- A row here says that this database is not the log: it has left ('to'), or is being copied here and is not verified yet ('from').
CREATE TABLE moved (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    direction TEXT NOT NULL CHECK (direction IN ('to', 'from')),
    place     TEXT NOT NULL              -- where the other one is, without user and password
);
