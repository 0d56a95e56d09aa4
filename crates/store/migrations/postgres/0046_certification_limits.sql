-- Triggers that were missing: mandates and their ends are never deleted, and what a certificate says is never changed. Where a
-- certificate stands is said by its case.

CREATE FUNCTION certification_mandate_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a mandate is never deleted; end it' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER certification_mandate_is_never_deleted BEFORE DELETE ON certification_mandate
    FOR EACH ROW EXECUTE FUNCTION certification_mandate_is_never_deleted();

CREATE FUNCTION certification_mandate_end_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the end of a mandate is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER certification_mandate_end_is_never_changed BEFORE UPDATE ON certification_mandate_end
    FOR EACH ROW EXECUTE FUNCTION certification_mandate_end_is_never_changed();

CREATE FUNCTION certification_mandate_end_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the end of a mandate is never deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER certification_mandate_end_is_never_deleted BEFORE DELETE ON certification_mandate_end
    FOR EACH ROW EXECUTE FUNCTION certification_mandate_end_is_never_deleted();

CREATE FUNCTION certificate_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a certificate is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER certificate_is_never_changed BEFORE UPDATE ON certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_is_never_changed();

CREATE FUNCTION certificate_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a certificate is never deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER certificate_is_never_deleted BEFORE DELETE ON certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_is_never_deleted();
