-- Triggers that were missing: mandates and their ends are never deleted, and what a certificate says is never changed. Where a
-- certificate stands is said by its case.

CREATE TRIGGER certification_mandate_is_never_deleted BEFORE DELETE ON certification_mandate
BEGIN SELECT RAISE(ABORT, 'a mandate is never deleted; end it'); END;

CREATE TRIGGER certification_mandate_end_is_never_changed BEFORE UPDATE ON certification_mandate_end
BEGIN SELECT RAISE(ABORT, 'the end of a mandate is never changed'); END;

CREATE TRIGGER certification_mandate_end_is_never_deleted BEFORE DELETE ON certification_mandate_end
BEGIN SELECT RAISE(ABORT, 'the end of a mandate is never deleted'); END;

CREATE TRIGGER certificate_is_never_changed BEFORE UPDATE ON certificate
BEGIN SELECT RAISE(ABORT, 'a certificate is never changed'); END;

CREATE TRIGGER certificate_is_never_deleted BEFORE DELETE ON certificate
BEGIN SELECT RAISE(ABORT, 'a certificate is never deleted'); END;
