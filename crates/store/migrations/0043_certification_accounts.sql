-- Certification over the network: which account acts as which person of the scheme, who applied for what, by which account a
-- step was taken, and the assessments that were handed in. Times are Unix seconds.

-- An account acts as one person, for ever. As another person it would be a second pair of eyes in the same head.
CREATE TABLE certification_account (
    account TEXT PRIMARY KEY REFERENCES account (name),
    person  TEXT   NOT NULL REFERENCES certification_person (id),
    given   BIGINT NOT NULL,
    UNIQUE (account, person)
);

-- Who applied, where that was done over the network: only that organisation and the certification body see the case.
CREATE TABLE certification_applicant (
    case_id      TEXT PRIMARY KEY REFERENCES certification_case (id),
    organisation TEXT NOT NULL REFERENCES organisation (id),
    account      TEXT NOT NULL REFERENCES account (name)
);
CREATE INDEX certification_applicant_by_organisation ON certification_applicant (organisation);

CREATE UNIQUE INDEX certification_step_by_person ON certification_step (case_id, number, person);

-- A step that an account took: by the person of the step, and that person is the account's.
CREATE TABLE certification_step_account (
    case_id TEXT   NOT NULL,
    number  BIGINT NOT NULL,
    account TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    PRIMARY KEY (case_id, number),
    FOREIGN KEY (case_id, number, person) REFERENCES certification_step (case_id, number, person),
    FOREIGN KEY (account, person) REFERENCES certification_account (account, person)
);

-- Assessments of telemetry that was handed in; the same one by two accounts is a computation that was repeated.
CREATE TABLE certification_assessment (
    case_id TEXT   NOT NULL,
    hash    BLOB   NOT NULL,
    account TEXT   NOT NULL REFERENCES account (name),
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, hash, account),
    FOREIGN KEY (case_id, hash) REFERENCES certification_document (case_id, hash)
);

CREATE TRIGGER certification_account_is_never_changed BEFORE UPDATE ON certification_account
BEGIN SELECT RAISE(ABORT, 'an account acts as one person for ever'); END;

CREATE TRIGGER certification_account_is_never_deleted BEFORE DELETE ON certification_account
BEGIN SELECT RAISE(ABORT, 'an account acts as one person for ever'); END;

-- INSERT OR REPLACE deletes without asking the triggers above.
CREATE TRIGGER certification_account_is_never_replaced BEFORE INSERT ON certification_account
WHEN EXISTS (SELECT 1 FROM certification_account WHERE account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'an account acts as one person for ever'); END;

CREATE TRIGGER certification_applicant_is_never_changed BEFORE UPDATE ON certification_applicant
BEGIN SELECT RAISE(ABORT, 'who applied is never changed'); END;

CREATE TRIGGER certification_applicant_is_never_deleted BEFORE DELETE ON certification_applicant
BEGIN SELECT RAISE(ABORT, 'who applied is never changed'); END;

CREATE TRIGGER certification_applicant_is_never_replaced BEFORE INSERT ON certification_applicant
WHEN EXISTS (SELECT 1 FROM certification_applicant WHERE case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'who applied is never changed'); END;

CREATE TRIGGER certification_step_account_is_never_changed BEFORE UPDATE ON certification_step_account
BEGIN SELECT RAISE(ABORT, 'by which account a step was taken is never changed'); END;

CREATE TRIGGER certification_step_account_is_never_deleted BEFORE DELETE ON certification_step_account
BEGIN SELECT RAISE(ABORT, 'by which account a step was taken is never changed'); END;

CREATE TRIGGER certification_step_account_is_never_replaced BEFORE INSERT ON certification_step_account
WHEN EXISTS (SELECT 1 FROM certification_step_account WHERE case_id = NEW.case_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'by which account a step was taken is never changed'); END;

-- Under another account of the same person, it is still that person.
CREATE TRIGGER certification_applicant_takes_no_step BEFORE INSERT ON certification_step_account
WHEN EXISTS (
    SELECT 1 FROM certification_applicant a LEFT JOIN certification_account c ON c.account = a.account
    WHERE a.case_id = NEW.case_id AND (a.account = NEW.account OR c.person = NEW.person)
)
BEGIN SELECT RAISE(ABORT, 'whoever applied takes no step of the body in the same case'); END;
