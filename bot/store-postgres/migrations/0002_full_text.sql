-- Full text of what customers said, to find the problems that a new feedback may be about.
-- The configuration "russian" stems words of Latin letters as English ones.
ALTER TABLE feedback ADD COLUMN words tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector('russian'::regconfig, left(search, 20000))) STORED;
CREATE INDEX feedback_by_words ON feedback USING gin (words);

-- The newest open problems.
CREATE INDEX problem_by_state ON problem (state, id);
