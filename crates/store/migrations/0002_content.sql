-- Contents in a table of their own: sealing changes every row of `statement`, and must not rewrite what each statement says.
-- A sealed statement without a row here was erased.
CREATE TABLE content (
    statement INTEGER PRIMARY KEY,     -- the statement's id
    sealed    BLOB NOT NULL            -- the SD-JWT, encrypted under its vehicle's key
);
INSERT INTO content (statement, sealed) SELECT id, content FROM statement WHERE content IS NOT NULL;
ALTER TABLE statement DROP COLUMN content;
