-- What the words of a feedback say beside its cause, and who named which cause.
-- The same columns and indexes as in store-sqlite.

-- What the customer wants: question, complaint, thanks, review, cooperation, other;
-- NULL for what was classified before this was read.
ALTER TABLE feedback ADD COLUMN kind TEXT;
-- How urgent it is, 0 to 11: three times the criticality, and the contact risk.
-- 3 is an ordinary complaint, and whatever nobody has read.
ALTER TABLE feedback ADD COLUMN urgency BIGINT NOT NULL DEFAULT 3;
-- The desk's queue: the most urgent first, of those the longest waiting.
CREATE INDEX feedback_by_urgency ON feedback (state, urgency DESC, id);
CREATE INDEX feedback_by_kind ON feedback (kind, id) WHERE kind IS NOT NULL;

-- model, operator, customer.
ALTER TABLE classification ADD COLUMN decided_by TEXT NOT NULL DEFAULT 'model';
-- The cause that was named.
ALTER TABLE classification ADD COLUMN root_cause TEXT NOT NULL DEFAULT '';
-- When.
ALTER TABLE classification ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
-- The words that decided may hold a NUL character, of which PostgreSQL reads no document.
UPDATE classification SET
    decided_by = read.document #>> '{decided_by,kind}',
    root_cause = read.document ->> 'root_cause',
    at         = (extract(epoch FROM (read.document ->> 'at')::timestamptz) * 1000000)::bigint
FROM (SELECT seq, replace(document, '\u0000', '\u0020')::json AS document
      FROM classification) AS read
WHERE read.seq = classification.seq;
-- What people named, for learning and for telling how often the model agrees.
CREATE INDEX classification_by_person ON classification (at, seq) WHERE decided_by <> 'model';
