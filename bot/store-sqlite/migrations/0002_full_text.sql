-- Full text of what customers said, to find the problems that a new feedback may be about.

-- The number by which the full text knows a feedback.
CREATE TABLE feedback_full_text_row (
    row         INTEGER PRIMARY KEY,       -- the row of feedback_full_text
    feedback_id TEXT NOT NULL UNIQUE REFERENCES feedback (id) ON DELETE CASCADE -- which
) STRICT;

-- Only the index: the words themselves stay in feedback.search.
CREATE VIRTUAL TABLE feedback_full_text USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TRIGGER feedback_full_text_begins AFTER INSERT ON feedback BEGIN
    INSERT INTO feedback_full_text_row (feedback_id) VALUES (new.id);
    INSERT INTO feedback_full_text (rowid, words)
        SELECT row, new.search FROM feedback_full_text_row WHERE feedback_id = new.id;
END;
CREATE TRIGGER feedback_full_text_changes AFTER UPDATE OF search ON feedback
WHEN old.search <> new.search BEGIN
    DELETE FROM feedback_full_text WHERE rowid =
        (SELECT row FROM feedback_full_text_row WHERE feedback_id = new.id);
    INSERT INTO feedback_full_text (rowid, words)
        SELECT row, new.search FROM feedback_full_text_row WHERE feedback_id = new.id;
END;
CREATE TRIGGER feedback_full_text_ends BEFORE DELETE ON feedback BEGIN
    DELETE FROM feedback_full_text WHERE rowid =
        (SELECT row FROM feedback_full_text_row WHERE feedback_id = old.id);
END;

INSERT INTO feedback_full_text_row (feedback_id) SELECT id FROM feedback ORDER BY id;
INSERT INTO feedback_full_text (rowid, words)
    SELECT row, search FROM feedback_full_text_row JOIN feedback ON id = feedback_id;

-- The newest open problems.
CREATE INDEX problem_by_state ON problem (state, id);
