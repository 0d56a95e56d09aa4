-- A draft is recorded once. Two processes that recorded one at the same moment could make two statements of it: the first is the
-- one by which it is known.
UPDATE statement SET draft = NULL
WHERE draft IS NOT NULL
  AND EXISTS (SELECT 1 FROM statement AS earlier WHERE earlier.draft = statement.draft AND earlier.id < statement.id);
DROP INDEX statement_by_draft;
CREATE UNIQUE INDEX statement_by_draft ON statement (draft) WHERE draft IS NOT NULL;
