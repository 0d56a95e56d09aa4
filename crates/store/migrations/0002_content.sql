-- Contents in a table of their own: sealing changes every row of `statement`, and must not rewrite what each statement says.
-- Digests and labels are indexed by their first bytes: they fall anywhere in an index, so that nearly every new one rewrites a
-- page, and shorter entries need fewer pages.

CREATE TABLE content (
    statement INTEGER PRIMARY KEY,     -- the statement's id; a sealed statement without a row here was erased
    sealed    BLOB NOT NULL            -- the SD-JWT, encrypted under its vehicle's key
);
INSERT INTO content (statement, sealed) SELECT id, content FROM statement WHERE content IS NOT NULL;

CREATE TABLE statement_without_content (
    id        INTEGER PRIMARY KEY,
    digest    BLOB NOT NULL,
    label     BLOB NOT NULL,
    key_id    BLOB NOT NULL,
    log_index BIGINT,
    refused   TEXT,                    -- why it can no longer be sealed
    draft     BLOB                     -- what was signed here, hashed under the vehicle's key, to know it again
);
INSERT INTO statement_without_content SELECT id, digest, label, key_id, log_index, refused, draft FROM statement;
DROP TABLE statement;
ALTER TABLE statement_without_content RENAME TO statement;

CREATE UNIQUE INDEX statement_by_digest ON statement (substr(digest, 1, 16));
CREATE INDEX statement_by_label ON statement (substr(label, 1, 8));
CREATE INDEX statement_by_draft ON statement (draft) WHERE draft IS NOT NULL;
CREATE INDEX statement_waiting ON statement (id) WHERE log_index IS NULL AND refused IS NULL;
