-- What a list shows of an assessment, encrypted under the car's key as the assessment is: a case that is looked at need not decrypt and
-- decode all of them. NULL: handed in before this column was.
ALTER TABLE certification_assessment ADD COLUMN summary BYTEA;
