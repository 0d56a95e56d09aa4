-- Times are Unix seconds; sizes and indices are 64-bit; hashes and keys are raw bytes.

-- The log itself: one row. Changing it is the commit point of a batch.
CREATE TABLE log (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    origin     TEXT   NOT NULL,
    params     BLOB   NOT NULL,        -- entry 0, so that the index can be rebuilt without the tiles
    size       BIGINT NOT NULL,
    root       BLOB   NOT NULL,
    checkpoint BLOB   NOT NULL,        -- the note as the log signed it, without cosignatures
    staging    TEXT                    -- the staging object still to be published; NULL when all is
);

-- Who may sequence. The fencing number only rises; a commit under an older one is refused.
CREATE TABLE lease (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    holder  TEXT   NOT NULL,
    fence   BIGINT NOT NULL,
    expires BIGINT NOT NULL            -- milliseconds
);

-- Chain under each label: vehicles and issuer keys alike. The trie is rebuilt from these rows.
CREATE TABLE chain (
    label BLOB   PRIMARY KEY,
    count BIGINT NOT NULL,
    head  BLOB   NOT NULL
) WITHOUT ROWID;

CREATE TABLE issuer_key (
    key_id      BLOB PRIMARY KEY,
    enrolled    BLOB   NOT NULL,       -- the K entry that enrolled it
    enrolled_at BIGINT NOT NULL,       -- its log index
    revoked     BLOB,                  -- the K entry that revoked it
    revoked_at  BIGINT
) WITHOUT ROWID;

-- Statements in order of submission. log_index is NULL while a statement waits for sealing;
-- content is NULL once the vehicle's contents were erased.
CREATE TABLE statement (
    id        INTEGER PRIMARY KEY,
    digest    BLOB NOT NULL UNIQUE,
    label     BLOB NOT NULL,
    key_id    BLOB NOT NULL,
    log_index BIGINT,
    refused   TEXT,                    -- why it can no longer be sealed
    content   BLOB,
    draft     BLOB                     -- what was signed here, hashed under the vehicle's key, to know it again
);
CREATE INDEX statement_by_draft ON statement (draft) WHERE draft IS NOT NULL;
-- Not with log_index: sealing would have to move every statement within the index.
CREATE INDEX statement_by_label ON statement (label);
CREATE INDEX statement_waiting ON statement (id) WHERE log_index IS NULL AND refused IS NULL;

-- One key per vehicle, wrapped by the content key; deleting the row erases the contents.
CREATE TABLE vehicle_key (
    label   BLOB PRIMARY KEY,
    wrapped BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasure (
    label   BLOB   NOT NULL,
    through BIGINT NOT NULL,           -- statements up to and including this log index have no content
    notice  BLOB   NOT NULL,           -- the log's signed note that says so
    PRIMARY KEY (label, through)
) WITHOUT ROWID;
