-- Certification of traction batteries: who may do what, what was done, and what came of it.
-- What is said about a car lies encrypted under the car's key, as statements do; in plain are numbers, states, people and
-- hashes. The separation of duties is a matter of keys and constraints here, not only of code.
-- Times are Unix seconds, days are days since 1970-01-01.

-- The body that certifies: one row.
CREATE TABLE certification_body (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    did      TEXT NOT NULL,
    name     TEXT NOT NULL,
    issuer   TEXT NOT NULL,              -- the issuer id whose key signs credentials and statements
    base_url TEXT NOT NULL
);

CREATE TABLE certification_person (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
);

-- Mandates are never changed: one that ends early gets its last day from a row in certification_mandate_end.
CREATE TABLE certification_mandate (
    id          INTEGER PRIMARY KEY,
    person      TEXT   NOT NULL REFERENCES certification_person (id),
    activity    TEXT   NOT NULL CHECK (activity IN
        ('review_application', 'evaluate', 'review', 'decide', 'surveil', 'resolve_disputes')),
    competence  TEXT   NOT NULL,
    chemistries TEXT   NOT NULL,         -- separated by commas
    first_day   BIGINT NOT NULL,
    last_day    BIGINT NOT NULL,
    CHECK (first_day <= last_day)
);
CREATE INDEX certification_mandate_by_person ON certification_mandate (person);

CREATE TABLE certification_mandate_end (
    mandate  BIGINT PRIMARY KEY REFERENCES certification_mandate (id),
    last_day BIGINT NOT NULL             -- the day before the first day is: never held
);

CREATE TABLE certification_case (
    id          TEXT PRIMARY KEY,
    label       BLOB   NOT NULL,         -- the car
    opened      BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN
        ('applied', 'declined', 'accepted', 'evaluated', 'reviewed', 'granted', 'refused', 'in_force', 'suspended', 'withdrawn'))
);
CREATE INDEX certification_case_by_label ON certification_case (label);

-- Four eyes, and two more: on one case a person holds one duty, over all rounds. A step that carries a duty refers to this
-- row by all three columns, so no step can be recorded for a person whose duty on the case is another.
CREATE TABLE certification_duty (
    case_id TEXT NOT NULL REFERENCES certification_case (id),
    person  TEXT NOT NULL REFERENCES certification_person (id),
    duty    TEXT NOT NULL CHECK (duty IN ('evaluate', 'review', 'decide')),
    PRIMARY KEY (case_id, person),
    UNIQUE (case_id, person, duty)
);

-- One audit record a step.
CREATE TABLE certification_step (
    case_id  TEXT   NOT NULL REFERENCES certification_case (id),
    number   BIGINT NOT NULL CHECK (number > 0),
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    person   TEXT   REFERENCES certification_person (id),  -- NULL: from outside, or the surveillance rule
    duty     TEXT,
    hash     BLOB   NOT NULL UNIQUE,
    previous BLOB   NOT NULL,
    record   BLOB   NOT NULL,            -- the record, encrypted under the car's key
    PRIMARY KEY (case_id, number),
    UNIQUE (case_id, number, kind),
    FOREIGN KEY (case_id, person, duty) REFERENCES certification_duty (case_id, person, duty),
    CHECK ((duty IS NOT NULL) = (kind IN ('evaluated', 'reviewed', 'granted', 'refused'))),
    CHECK (duty IS NULL OR (person IS NOT NULL AND duty = CASE kind
        WHEN 'evaluated' THEN 'evaluate' WHEN 'reviewed' THEN 'review' ELSE 'decide' END)),
    CHECK (person IS NOT NULL OR kind IN ('applied', 'suspended', 'complained', 'appealed'))
);

-- Applications, evaluations and credentials, encrypted under the car's key.
CREATE TABLE certification_document (
    case_id TEXT NOT NULL REFERENCES certification_case (id),
    hash    BLOB NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (case_id, hash)          -- two cases may say the same
);

-- A certificate refers to the step that granted it, and there is none without.
CREATE TABLE certificate (
    id          TEXT PRIMARY KEY,
    case_id     TEXT   NOT NULL UNIQUE REFERENCES certification_case (id),
    granted     BIGINT NOT NULL,
    granted_how TEXT   NOT NULL CHECK (granted_how = 'granted'),
    credential  BLOB   NOT NULL UNIQUE,
    redacted    BLOB   NOT NULL UNIQUE,
    issued      BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    odometer_limit_km BIGINT NOT NULL,
    grade       TEXT   NOT NULL,
    make        TEXT   NOT NULL,
    model       TEXT   NOT NULL,
    list        BIGINT NOT NULL CHECK (list > 0),
    position    BIGINT NOT NULL CHECK (position >= 0 AND position < 131072),
    UNIQUE (list, position),
    FOREIGN KEY (case_id, credential) REFERENCES certification_document (case_id, hash),
    FOREIGN KEY (case_id, redacted) REFERENCES certification_document (case_id, hash),
    FOREIGN KEY (case_id, granted, granted_how) REFERENCES certification_step (case_id, number, kind)
);

-- Statements that steps owe the log: signed and stored in the transaction of the step, submitted after it. One that was
-- not submitted because the process died is submitted by the next command.
CREATE TABLE certification_statement (
    digest  BLOB PRIMARY KEY,
    case_id TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    content BLOB   NOT NULL,             -- the SD-JWT, encrypted under the car's key
    FOREIGN KEY (case_id, number) REFERENCES certification_step (case_id, number)
);

-- What follows says with SQLite's triggers what the keys above cannot. On PostgreSQL the same bodies become functions.

CREATE TRIGGER certification_step_is_never_changed BEFORE UPDATE ON certification_step
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

CREATE TRIGGER certification_step_is_never_deleted BEFORE DELETE ON certification_step
BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;

CREATE TRIGGER certification_duty_is_never_changed BEFORE UPDATE ON certification_duty
BEGIN SELECT RAISE(ABORT, 'a duty is never changed'); END;

CREATE TRIGGER certification_duty_is_never_deleted BEFORE DELETE ON certification_duty
BEGIN SELECT RAISE(ABORT, 'a duty is never deleted'); END;

CREATE TRIGGER certification_mandate_is_never_changed BEFORE UPDATE ON certification_mandate
BEGIN SELECT RAISE(ABORT, 'a mandate is never changed; end it and give another'); END;

CREATE TRIGGER certification_step_follows BEFORE INSERT ON certification_step
WHEN NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM certification_step s
    WHERE s.case_id = NEW.case_id AND s.number = NEW.number - 1 AND s.hash = NEW.previous AND s.at <= NEW.at)
BEGIN SELECT RAISE(ABORT, 'an audit record must follow the last one of its case'); END;

CREATE TRIGGER certification_duty_needs_a_mandate BEFORE INSERT ON certification_step
WHEN NEW.duty IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM certification_mandate m LEFT JOIN certification_mandate_end e ON e.mandate = m.id
    WHERE m.person = NEW.person AND m.activity = NEW.duty AND m.first_day <= NEW.at / 86400
      AND NEW.at / 86400 <= COALESCE(e.last_day, m.last_day))
BEGIN SELECT RAISE(ABORT, 'the person has no mandate for this duty on this day'); END;

CREATE TRIGGER certification_grant_needs_review BEFORE INSERT ON certification_step
WHEN NEW.kind = 'granted' AND NOT EXISTS (
    SELECT 1 FROM certification_step e JOIN certification_step r ON r.case_id = e.case_id AND r.number = e.number + 1
    WHERE e.case_id = NEW.case_id AND e.kind = 'evaluated' AND r.kind = 'reviewed')
BEGIN SELECT RAISE(ABORT, 'nothing is granted that was not evaluated and reviewed'); END;
