-- Who may do what: organisations and their accounts, sessions, tokens, yards, links to dossiers, and the trail of privileged acts.
-- Times are Unix seconds. Of every secret only its SHA-256 is here; passwords are Argon2id in PHC form. Which cars an
-- organisation has, and what was done to what, lies encrypted under the content key.

CREATE TABLE organisation (
    id      TEXT PRIMARY KEY,
    name    TEXT   NOT NULL,
    issuer  TEXT,                        -- the issuer id under which it signs statements, where it does
    created BIGINT NOT NULL
);

CREATE TABLE account (
    name         TEXT PRIMARY KEY,       -- what is typed at login
    display_name TEXT   NOT NULL,
    organisation TEXT   NOT NULL REFERENCES organisation (id),
    role         TEXT   NOT NULL CHECK (role IN ('operator', 'issuer', 'exporter', 'viewer')),
    password     TEXT   NOT NULL CHECK (password LIKE '$argon2id$%'),
    created      BIGINT NOT NULL,
    disabled     BIGINT                  -- since when; NULL while it may be used
);

CREATE TABLE session (
    hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),
    account   TEXT   NOT NULL REFERENCES account (name),
    created   BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    expires   BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account);

CREATE TABLE api_token (
    id        TEXT PRIMARY KEY,          -- names the token in lists; no secret
    hash      BLOB   NOT NULL UNIQUE CHECK (length(hash) = 32),
    name      TEXT   NOT NULL,
    account   TEXT   NOT NULL REFERENCES account (name),
    scopes    TEXT   NOT NULL,           -- separated by commas
    created   BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    revoked   BIGINT,
    last_used BIGINT
);

-- At most one waits to be used.
CREATE TABLE setup_token (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    hash    BLOB   NOT NULL CHECK (length(hash) = 32),
    expires BIGINT NOT NULL
);

CREATE TABLE yard (
    organisation TEXT   NOT NULL REFERENCES organisation (id),
    label        BLOB   NOT NULL,
    car          BLOB   NOT NULL,        -- number and lot, encrypted
    note         BLOB,                   -- encrypted; erasing the car clears it
    added        BIGINT NOT NULL,
    confirmed    BIGINT,                 -- when an operator confirmed that the organisation holds the car
    PRIMARY KEY (organisation, label)
);

CREATE TABLE share_link (
    id           TEXT PRIMARY KEY,       -- names the link in lists; no secret
    hash         BLOB   NOT NULL UNIQUE CHECK (length(hash) = 32),
    organisation TEXT   NOT NULL REFERENCES organisation (id),
    label        BLOB   NOT NULL,
    car          BLOB   NOT NULL,        -- the number, encrypted
    fields       TEXT   NOT NULL,        -- personal fields that are shown, separated by commas; 'all'; or empty
    created_by   TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    withdrawn    BIGINT
);
CREATE INDEX share_link_by_organisation ON share_link (organisation);

CREATE TABLE trail (
    id           INTEGER PRIMARY KEY,
    at           BIGINT NOT NULL,
    account      TEXT,                   -- NULL: whoever sits at the machine
    token        TEXT,                   -- the id of the API token it was done with
    organisation TEXT,                   -- whose matter it is
    act          TEXT   NOT NULL,
    subject      BLOB   NOT NULL,        -- to what, encrypted
    outcome      TEXT   NOT NULL CHECK (outcome IN ('done', 'refused'))
);
CREATE INDEX trail_by_organisation ON trail (organisation, id);

CREATE TRIGGER trail_is_never_changed BEFORE UPDATE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END;

CREATE TRIGGER trail_is_never_deleted BEFORE DELETE ON trail
BEGIN SELECT RAISE(ABORT, 'the trail is never deleted'); END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER trail_is_never_replaced BEFORE INSERT ON trail WHEN EXISTS (SELECT 1 FROM trail WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END;
