-- The same tables as for SQLite (`../0001_log.sql`, `../0002_content.sql`), with the same columns.
-- Times are Unix seconds; sizes and indices are 64-bit; hashes and keys are raw bytes.

-- The log itself: one row. Changing it is the commit point of a batch.
CREATE TABLE log (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    origin     TEXT   NOT NULL,
    params     BYTEA  NOT NULL,        -- entry 0, so that the index can be rebuilt without the tiles
    size       BIGINT NOT NULL CHECK (size >= 0),
    root       BYTEA  NOT NULL CHECK (length(root) = 32),
    checkpoint BYTEA  NOT NULL,        -- the note as the log signed it, without cosignatures
    staging    TEXT                    -- the staging object still to be published; NULL when all is
);

-- Who may sequence. The fencing number only rises; a commit under an older one is refused.
CREATE TABLE lease (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    holder  TEXT   NOT NULL,
    fence   BIGINT NOT NULL,
    expires BIGINT NOT NULL            -- milliseconds, by this server's clock
);

-- Chain under each label: vehicles and issuer keys alike. The trie is rebuilt from these rows. Counts and heads change with
-- nearly every batch and are in no index, so that room within the page lets a new version stay in it.
CREATE TABLE chain (
    label BYTEA  PRIMARY KEY,
    count BIGINT NOT NULL,
    head  BYTEA  NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE issuer_key (
    key_id      BYTEA PRIMARY KEY,
    enrolled    BYTEA  NOT NULL,       -- the K entry that enrolled it
    enrolled_at BIGINT NOT NULL,       -- its log index
    revoked     BYTEA,                 -- the K entry that revoked it
    revoked_at  BIGINT
);

-- Statements in order of submission. log_index is NULL while a statement waits for sealing.
CREATE TABLE statement (
    id        BIGINT PRIMARY KEY,
    digest    BYTEA NOT NULL,
    label     BYTEA NOT NULL,
    key_id    BYTEA NOT NULL,
    log_index BIGINT,
    refused   TEXT,                    -- why it can no longer be sealed
    draft     BYTEA                    -- what was signed here, hashed under the vehicle's key, to know it again
);
CREATE UNIQUE INDEX statement_by_digest ON statement (substr(digest, 1, 16));
CREATE INDEX statement_by_label ON statement (substr(label, 1, 8));
CREATE INDEX statement_by_draft ON statement (draft) WHERE draft IS NOT NULL;
CREATE INDEX statement_waiting ON statement (id) WHERE log_index IS NULL AND refused IS NULL;

-- Contents in a table of their own: sealing changes every row of `statement`, and must not rewrite what each statement says.
CREATE TABLE content (
    statement BIGINT PRIMARY KEY,      -- the statement's id; a sealed statement without a row here was erased
    sealed    BYTEA NOT NULL           -- the SD-JWT, encrypted under its vehicle's key
);
-- Encrypted bytes do not compress.
ALTER TABLE content ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- One key per vehicle, wrapped by the content key; deleting the row erases the contents.
CREATE TABLE vehicle_key (
    label   BYTEA PRIMARY KEY,
    wrapped BYTEA NOT NULL
);

CREATE TABLE erasure (
    label   BYTEA  NOT NULL,
    through BIGINT NOT NULL,           -- statements up to and including this log index have no content
    notice  BYTEA  NOT NULL,           -- the log's signed note that says so
    PRIMARY KEY (label, through)
);
