-- INSERT OR REPLACE deletes what is in its way without asking a trigger of deletion. So no row of the scheme is put in the place of
-- another, by any of its keys; and what had no triggers at all is never changed and never deleted either.

CREATE TRIGGER certification_body_is_never_changed BEFORE UPDATE ON certification_body
BEGIN SELECT RAISE(ABORT, 'the certification body is never changed'); END;

CREATE TRIGGER certification_body_is_never_deleted BEFORE DELETE ON certification_body
BEGIN SELECT RAISE(ABORT, 'the certification body is never deleted'); END;

CREATE TRIGGER certification_body_is_never_replaced BEFORE INSERT ON certification_body
WHEN EXISTS (SELECT 1 FROM certification_body)
BEGIN SELECT RAISE(ABORT, 'the certification body is never changed'); END;

CREATE TRIGGER certification_person_is_never_changed BEFORE UPDATE ON certification_person
BEGIN SELECT RAISE(ABORT, 'a person of the scheme is never changed'); END;

CREATE TRIGGER certification_person_is_never_deleted BEFORE DELETE ON certification_person
BEGIN SELECT RAISE(ABORT, 'a person of the scheme is never deleted'); END;

CREATE TRIGGER certification_person_is_never_replaced BEFORE INSERT ON certification_person
WHEN EXISTS (SELECT 1 FROM certification_person WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a person of the scheme is never changed'); END;

CREATE TRIGGER certification_mandate_is_never_replaced BEFORE INSERT ON certification_mandate
WHEN EXISTS (SELECT 1 FROM certification_mandate WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a mandate is never changed; end it and give another'); END;

CREATE TRIGGER certification_mandate_end_is_never_replaced BEFORE INSERT ON certification_mandate_end
WHEN EXISTS (SELECT 1 FROM certification_mandate_end WHERE mandate = NEW.mandate)
BEGIN SELECT RAISE(ABORT, 'the end of a mandate is never changed'); END;

-- Only where a case stands moves on.
CREATE TRIGGER certification_case_is_never_changed BEFORE UPDATE ON certification_case
WHEN NEW.id <> OLD.id OR NEW.label <> OLD.label OR NEW.opened <> OLD.opened
BEGIN SELECT RAISE(ABORT, 'of which car a case is, and when it was opened, is never changed'); END;

CREATE TRIGGER certification_case_is_never_deleted BEFORE DELETE ON certification_case
BEGIN SELECT RAISE(ABORT, 'a case is never deleted'); END;

CREATE TRIGGER certification_case_is_never_replaced BEFORE INSERT ON certification_case
WHEN EXISTS (SELECT 1 FROM certification_case WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a case is never replaced by another'); END;

CREATE TRIGGER certification_duty_is_never_replaced BEFORE INSERT ON certification_duty
WHEN EXISTS (SELECT 1 FROM certification_duty WHERE case_id = NEW.case_id AND person = NEW.person)
BEGIN SELECT RAISE(ABORT, 'a duty is never changed'); END;

CREATE TRIGGER certification_step_is_never_replaced BEFORE INSERT ON certification_step
WHEN EXISTS (SELECT 1 FROM certification_step WHERE hash = NEW.hash OR (case_id = NEW.case_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

CREATE TRIGGER certification_document_is_never_changed BEFORE UPDATE ON certification_document
BEGIN SELECT RAISE(ABORT, 'a document is never changed'); END;

CREATE TRIGGER certification_document_is_never_deleted BEFORE DELETE ON certification_document
BEGIN SELECT RAISE(ABORT, 'a document is never deleted'); END;

CREATE TRIGGER certification_document_is_never_replaced BEFORE INSERT ON certification_document
WHEN EXISTS (SELECT 1 FROM certification_document WHERE case_id = NEW.case_id AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'a document is never changed'); END;

CREATE TRIGGER certificate_is_never_replaced BEFORE INSERT ON certificate
WHEN EXISTS (
    SELECT 1 FROM certificate
    WHERE id = NEW.id OR case_id = NEW.case_id OR credential = NEW.credential OR redacted = NEW.redacted
       OR (list = NEW.list AND position = NEW.position))
BEGIN SELECT RAISE(ABORT, 'a certificate is never changed'); END;

CREATE TRIGGER certification_statement_is_never_changed BEFORE UPDATE ON certification_statement
BEGIN SELECT RAISE(ABORT, 'a statement that a step owes the log is never changed'); END;

CREATE TRIGGER certification_statement_is_never_deleted BEFORE DELETE ON certification_statement
BEGIN SELECT RAISE(ABORT, 'a statement that a step owes the log is never deleted'); END;

CREATE TRIGGER certification_statement_is_never_replaced BEFORE INSERT ON certification_statement
WHEN EXISTS (SELECT 1 FROM certification_statement WHERE digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a statement that a step owes the log is never changed'); END;

CREATE TRIGGER certification_assessment_is_never_changed BEFORE UPDATE ON certification_assessment
BEGIN SELECT RAISE(ABORT, 'who handed an assessment in is never changed'); END;

CREATE TRIGGER certification_assessment_is_never_deleted BEFORE DELETE ON certification_assessment
BEGIN SELECT RAISE(ABORT, 'who handed an assessment in is never changed'); END;

CREATE TRIGGER certification_assessment_is_never_replaced BEFORE INSERT ON certification_assessment
WHEN EXISTS (
    SELECT 1 FROM certification_assessment
    WHERE case_id = NEW.case_id AND hash = NEW.hash AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'who handed an assessment in is never changed'); END;

-- A car has one certificate at a time. One that is suspended counts: a second would be the way around its suspension. One whose last
-- day is over does not.
CREATE TRIGGER certificate_is_the_only_one_of_its_car BEFORE INSERT ON certificate
WHEN EXISTS (
    SELECT 1 FROM certification_case own
    JOIN certification_case other ON other.label = own.label AND other.id <> own.id
    JOIN certificate c ON c.case_id = other.id
    WHERE own.id = NEW.case_id AND other.state IN ('in_force', 'suspended') AND c.valid_until >= NEW.issued)
BEGIN SELECT RAISE(ABORT, 'the car has a certificate that is in force or suspended; withdraw that first'); END;
