-- What had no triggers yet is never changed and never deleted; and a car has one certificate at a time. PostgreSQL has no INSERT OR
-- REPLACE, against which SQLite has more of them.

CREATE FUNCTION certification_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER certification_body_is_never_changed BEFORE UPDATE ON certification_body
    FOR EACH ROW EXECUTE FUNCTION certification_never('the certification body is never changed');
CREATE TRIGGER certification_body_is_never_deleted BEFORE DELETE ON certification_body
    FOR EACH ROW EXECUTE FUNCTION certification_never('the certification body is never deleted');

CREATE TRIGGER certification_person_is_never_changed BEFORE UPDATE ON certification_person
    FOR EACH ROW EXECUTE FUNCTION certification_never('a person of the scheme is never changed');
CREATE TRIGGER certification_person_is_never_deleted BEFORE DELETE ON certification_person
    FOR EACH ROW EXECUTE FUNCTION certification_never('a person of the scheme is never deleted');

-- Only where a case stands moves on.
CREATE TRIGGER certification_case_is_never_changed BEFORE UPDATE ON certification_case
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.label <> OLD.label OR NEW.opened <> OLD.opened)
    EXECUTE FUNCTION certification_never('of which car a case is, and when it was opened, is never changed');
CREATE TRIGGER certification_case_is_never_deleted BEFORE DELETE ON certification_case
    FOR EACH ROW EXECUTE FUNCTION certification_never('a case is never deleted');

CREATE TRIGGER certification_document_is_never_changed BEFORE UPDATE ON certification_document
    FOR EACH ROW EXECUTE FUNCTION certification_never('a document is never changed');
CREATE TRIGGER certification_document_is_never_deleted BEFORE DELETE ON certification_document
    FOR EACH ROW EXECUTE FUNCTION certification_never('a document is never deleted');

CREATE TRIGGER certification_statement_is_never_changed BEFORE UPDATE ON certification_statement
    FOR EACH ROW EXECUTE FUNCTION certification_never('a statement that a step owes the log is never changed');
CREATE TRIGGER certification_statement_is_never_deleted BEFORE DELETE ON certification_statement
    FOR EACH ROW EXECUTE FUNCTION certification_never('a statement that a step owes the log is never deleted');

CREATE TRIGGER certification_assessment_is_never_changed BEFORE UPDATE ON certification_assessment
    FOR EACH ROW EXECUTE FUNCTION certification_never('who handed an assessment in is never changed');
CREATE TRIGGER certification_assessment_is_never_deleted BEFORE DELETE ON certification_assessment
    FOR EACH ROW EXECUTE FUNCTION certification_never('who handed an assessment in is never changed');

-- A car has one certificate at a time. One that is suspended counts: a second would be the way around its suspension. One whose last
-- day is over does not.
CREATE FUNCTION certificate_is_the_only_one_of_its_car() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM certification_case own
        JOIN certification_case other ON other.label = own.label AND other.id <> own.id
        JOIN certificate c ON c.case_id = other.id
        WHERE own.id = NEW.case_id AND other.state IN ('in_force', 'suspended') AND c.valid_until >= NEW.issued
    ) THEN
        RAISE EXCEPTION 'the car has a certificate that is in force or suspended; withdraw that first'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_is_the_only_one_of_its_car BEFORE INSERT ON certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_is_the_only_one_of_its_car();
