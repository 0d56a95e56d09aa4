-- An issuer is one organisation's: its accounts may revoke the issuer's keys, and it holds the cars of which the issuer has made
-- statements. Where two were made with the same one, the first has it; an operator sees to the others.
UPDATE organisation SET issuer = NULL
WHERE issuer IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM organisation AS earlier
    WHERE earlier.issuer = organisation.issuer
      AND (earlier.created < organisation.created
           OR (earlier.created = organisation.created AND earlier.id < organisation.id)));
CREATE UNIQUE INDEX organisation_by_issuer ON organisation (issuer);
