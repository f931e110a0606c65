-- The whole desk. The same tables, columns and indexes as in store-postgres.
--
-- An aggregate is its `document` (the JSON of the domain's type); beside it stand
-- only columns that filter, order, join or keep something unique. Times are whole
-- microseconds since 1970 in UTC, ids are their own text (`fb_…`), which sorts by time.
-- Texts from outside that stand in an index are shortened (see src/column.rs).

-- Persons who wrote or called.
CREATE TABLE customer (
    id       TEXT NOT NULL PRIMARY KEY, -- cu_…
    document TEXT NOT NULL              -- Customer: name, language, first seen
) STRICT;

-- By what a customer is recognised; one address belongs to one customer.
CREATE TABLE address (
    kind        TEXT NOT NULL,                       -- sip, discord, telegram, email, phone
    value       TEXT NOT NULL,                       -- in the channel's own form
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    proved      INTEGER NOT NULL CHECK (proved IN (0, 1)), -- the channel vouches for it
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_by_customer ON address (customer_id);

-- One customer's correspondence through one inbox.
CREATE TABLE conversation (
    id          TEXT NOT NULL PRIMARY KEY, -- cv_…
    inbox       TEXT NOT NULL,             -- as phone:support
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    document    TEXT NOT NULL,             -- Conversation
    UNIQUE (customer_id, inbox)
) STRICT;

-- Many feedbacks about the same thing.
CREATE TABLE problem (
    id         TEXT NOT NULL PRIMARY KEY, -- pr_…
    revision   INTEGER NOT NULL,          -- counts the saves
    state      TEXT NOT NULL,             -- open, fixed, declined
    root_cause TEXT NOT NULL,             -- for filtering
    owner_team TEXT NOT NULL,             -- for filtering, and for look-alikes
    document   TEXT NOT NULL              -- Problem
) STRICT;
CREATE INDEX problem_by_team ON problem (owner_team, id);

-- Keys under which look-alike problems are found.
CREATE TABLE problem_likeness (
    likeness_key INTEGER NOT NULL,        -- the 64 bits of the key, as a signed number
    problem_id   TEXT NOT NULL REFERENCES problem (id) ON DELETE CASCADE, -- whose
    PRIMARY KEY (likeness_key, problem_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX problem_likeness_by_problem ON problem_likeness (problem_id);

-- How many problems each team has had opened: opening one compares and counts up,
-- so that two workers cannot open the same problem side by side.
CREATE TABLE gathering (
    owner_team TEXT NOT NULL PRIMARY KEY, -- the team
    opened     INTEGER NOT NULL           -- problems ever opened
) STRICT, WITHOUT ROWID;

-- The unit that is classified and routed.
CREATE TABLE feedback (
    id          TEXT NOT NULL PRIMARY KEY, -- fb_…
    revision    INTEGER NOT NULL,          -- counts the saves; an outdated save is refused
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    channel     TEXT NOT NULL,             -- the way in
    state       TEXT NOT NULL,             -- as in the API
    root_cause  TEXT,                      -- once named
    owner_team  TEXT,                      -- once routed
    problem_id  TEXT REFERENCES problem (id), -- once routed
    filed       INTEGER NOT NULL CHECK (filed IN (0, 1)), -- its problem's issue counts it
    captured_at INTEGER NOT NULL,          -- when it came in
    search      TEXT NOT NULL,             -- words and reference in lower case, for `q`
    document    TEXT NOT NULL              -- Feedback
) STRICT;
CREATE INDEX feedback_by_customer ON feedback (customer_id, id);
CREATE INDEX feedback_by_problem ON feedback (problem_id, id) WHERE problem_id IS NOT NULL;
CREATE INDEX feedback_by_state ON feedback (state, id);
CREATE INDEX feedback_by_capture ON feedback (captured_at);

-- What was said, by either side.
CREATE TABLE message (
    id          TEXT NOT NULL PRIMARY KEY, -- msg_…
    inbox       TEXT NOT NULL,             -- the way in
    external_id TEXT NOT NULL,             -- the channel's own id: guards against capturing twice
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- what it is about
    by_customer INTEGER NOT NULL CHECK (by_customer IN (0, 1)), -- the customer's side said it
    at          INTEGER NOT NULL,          -- when
    document    TEXT NOT NULL,             -- Message
    UNIQUE (inbox, external_id)
) STRICT;
CREATE INDEX message_by_feedback ON message (feedback_id, at, id);

-- Phone calls as they ended.
CREATE TABLE call (
    id       TEXT NOT NULL PRIMARY KEY, -- call_…
    document TEXT NOT NULL              -- Call, with its recording and termination
) STRICT;

-- The words of a call.
CREATE TABLE transcript (
    feedback_id TEXT NOT NULL PRIMARY KEY REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL              -- Transcript
) STRICT, WITHOUT ROWID;

-- Every classification ever made, corrected ones too: training data.
CREATE TABLE classification (
    seq         INTEGER PRIMARY KEY,      -- in the order they were made
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL             -- Classification
) STRICT;
CREATE INDEX classification_by_feedback ON classification (feedback_id, seq);

-- What customers were promised.
CREATE TABLE promise (
    id          TEXT NOT NULL PRIMARY KEY, -- pm_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    made_at     INTEGER NOT NULL,          -- orders a feedback's promises
    document    TEXT NOT NULL              -- Promise
) STRICT;
CREATE INDEX promise_by_feedback ON promise (feedback_id, made_at, id);

-- What customers are told: one of each kind per feedback.
CREATE TABLE notice (
    id          TEXT NOT NULL PRIMARY KEY, -- no_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    kind        TEXT NOT NULL,             -- received, accepted, fixed, …
    state       TEXT NOT NULL,             -- pending, sending, sent, …
    created_at  INTEGER NOT NULL,          -- orders a feedback's notices
    document    TEXT NOT NULL,             -- Notice
    UNIQUE (feedback_id, kind)
) STRICT;
CREATE INDEX notice_awaiting_call ON notice (created_at, id) WHERE state = 'awaiting_call';

-- What was filed with the owner teams.
CREATE TABLE issue (
    id          TEXT NOT NULL PRIMARY KEY, -- is_…
    revision    INTEGER NOT NULL,          -- counts the saves
    problem_id  TEXT NOT NULL REFERENCES problem (id) ON DELETE CASCADE, -- for which problem
    tracker     TEXT NOT NULL,             -- as github
    project     TEXT NOT NULL,             -- as owner/repo
    tracker_key TEXT NOT NULL,             -- the tracker's own number
    marker      TEXT NOT NULL,             -- hidden in the body; joins with the board
    document    TEXT NOT NULL,             -- Issue
    UNIQUE (problem_id, tracker, project),
    UNIQUE (tracker, project, tracker_key)
) STRICT;
CREATE INDEX issue_by_marker ON issue (marker);

-- Evidence for acceptance stages; only ever added to.
CREATE TABLE signal (
    id        TEXT NOT NULL PRIMARY KEY, -- sg_…
    issue_id  TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE, -- where it happened
    event_key TEXT NOT NULL,             -- the event's key: the same event counts once
    at        INTEGER NOT NULL,          -- when it happened
    document  TEXT NOT NULL,             -- AcceptanceSignal
    UNIQUE (issue_id, event_key)
) STRICT;

-- How far each tracker project was read.
CREATE TABLE read_cursor (
    tracker    TEXT NOT NULL,            -- as github
    project    TEXT NOT NULL,            -- as owner/repo
    read_until INTEGER NOT NULL,         -- everything before it has been read
    PRIMARY KEY (tracker, project)
) STRICT, WITHOUT ROWID;

-- Issues on the built-in board.
CREATE TABLE board_issue (
    id       TEXT NOT NULL PRIMARY KEY,  -- bi_…
    revision INTEGER NOT NULL,           -- counts the saves
    project  TEXT NOT NULL,              -- the owner team's board
    number   INTEGER NOT NULL UNIQUE,    -- for people, from 1
    marker   TEXT NOT NULL UNIQUE,       -- by which a repeat of filing finds it
    document TEXT NOT NULL               -- BoardIssue
) STRICT;
CREATE INDEX board_issue_by_project ON board_issue (project, id);

-- What happened on the board, in order.
CREATE TABLE board_event (
    seq            INTEGER PRIMARY KEY,  -- the order
    board_issue_id TEXT NOT NULL REFERENCES board_issue (id) ON DELETE CASCADE, -- where
    document       TEXT NOT NULL         -- TrackerEvent
) STRICT;
CREATE INDEX board_event_by_issue ON board_event (board_issue_id, seq);

-- The last number given on the board: one row.
CREATE TABLE board_number (
    last INTEGER NOT NULL                -- 0 before the first
) STRICT;
INSERT INTO board_number (last) VALUES (0);

-- Work to do, and work done: the outbox. Each index covers either what waits or what is
-- over, so that finding the next job costs the same however long the history is.
CREATE TABLE job (
    id          TEXT NOT NULL PRIMARY KEY, -- job_…
    dedup_key   TEXT NOT NULL UNIQUE,      -- a second job with this key is not queued
    step        TEXT NOT NULL,             -- who does it
    lane        TEXT NOT NULL,             -- jobs of one lane never run side by side
    state       TEXT NOT NULL,             -- ready, leased, done, dead
    attempts    INTEGER NOT NULL,          -- begun so far; the newest one's number fences
    run_at      INTEGER NOT NULL,          -- not before
    lease_until INTEGER,                   -- when leased: another worker may take it then
    last_error  TEXT,                      -- why the last attempt failed
    created_at  INTEGER NOT NULL,          -- when queued
    updated_at  INTEGER NOT NULL,          -- when it last changed
    document    TEXT NOT NULL              -- Job
) STRICT;
CREATE INDEX job_waiting ON job (run_at, id) WHERE state IN ('ready', 'leased');
CREATE INDEX job_lane ON job (lane) WHERE state IN ('ready', 'leased');
CREATE INDEX job_leased ON job (lane) WHERE state = 'leased';
CREATE INDEX job_finished ON job (state, id, step) WHERE state IN ('done', 'dead');

-- Those who may sign in.
CREATE TABLE desk_user (
    id         TEXT NOT NULL PRIMARY KEY, -- us_…
    created_at INTEGER NOT NULL,          -- orders the list
    document   TEXT NOT NULL              -- User: name and role
) STRICT;

-- Sign-in links and sessions.
CREATE TABLE access_secret (
    kind       TEXT NOT NULL,             -- sign_in_link, session
    hash       BLOB NOT NULL,             -- SHA-256 of the token, which is never stored
    user_id    TEXT NOT NULL REFERENCES desk_user (id) ON DELETE CASCADE, -- whose
    expires_at INTEGER NOT NULL,          -- worth nothing from then on
    PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;

-- Secrets of the installation, the same for all nodes.
CREATE TABLE installation_secret (
    name  TEXT NOT NULL PRIMARY KEY,      -- as customer_links
    value BLOB NOT NULL                   -- 32 random bytes
) STRICT, WITHOUT ROWID;
