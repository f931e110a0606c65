-- The whole desk. The same tables, columns and indexes as in store-sqlite.
--
-- An aggregate is its `document` (the JSON of the domain's type); beside it stand
-- only columns that filter, order, join or keep something unique. Times are whole
-- microseconds since 1970 in UTC, ids are their own text (`fb_…`), which sorts by time.
-- Documents are TEXT, not JSONB, which refuses the NUL that a customer may send.
-- Texts from outside that stand in an index are shortened (see src/column.rs).

-- Persons who wrote or called.
CREATE TABLE customer (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- cu_…
    document TEXT NOT NULL              -- Customer: name, language, first seen
);

-- By what a customer is recognised; one address belongs to one customer.
CREATE TABLE address (
    kind        TEXT NOT NULL,                       -- sip, discord, telegram, email, phone
    value       TEXT NOT NULL,                       -- in the channel's own form
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    proved      BOOLEAN NOT NULL, -- the channel vouches for it
    PRIMARY KEY (kind, value)
);
CREATE INDEX address_by_customer ON address (customer_id);

-- One customer's correspondence through one inbox.
CREATE TABLE conversation (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- cv_…
    inbox       TEXT NOT NULL,             -- as phone:support
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    document    TEXT NOT NULL,             -- Conversation
    UNIQUE (customer_id, inbox)
);

-- Many feedbacks about the same thing.
CREATE TABLE problem (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- pr_…
    revision   BIGINT NOT NULL,          -- counts the saves
    state      TEXT NOT NULL,             -- open, fixed, declined
    root_cause TEXT NOT NULL,             -- for filtering
    owner_team TEXT NOT NULL,             -- for filtering, and for look-alikes
    document   TEXT NOT NULL              -- Problem
);
CREATE INDEX problem_by_team ON problem (owner_team, id);

-- Keys under which look-alike problems are found.
CREATE TABLE problem_likeness (
    likeness_key BIGINT NOT NULL,        -- the 64 bits of the key, as a signed number
    problem_id   TEXT NOT NULL REFERENCES problem (id) ON DELETE CASCADE, -- whose
    PRIMARY KEY (likeness_key, problem_id)
);
CREATE INDEX problem_likeness_by_problem ON problem_likeness (problem_id);

-- How many problems each team has had opened: opening one compares and counts up,
-- so that two workers cannot open the same problem side by side.
CREATE TABLE gathering (
    owner_team TEXT NOT NULL PRIMARY KEY, -- the team
    opened     BIGINT NOT NULL           -- problems ever opened
);

-- The unit that is classified and routed.
CREATE TABLE feedback (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- fb_…
    revision    BIGINT NOT NULL,          -- counts the saves; an outdated save is refused
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    channel     TEXT NOT NULL,             -- the way in
    state       TEXT NOT NULL,             -- as in the API
    root_cause  TEXT,                      -- once named
    owner_team  TEXT,                      -- once routed
    problem_id  TEXT REFERENCES problem (id), -- once routed
    filed       BOOLEAN NOT NULL, -- its problem's issue counts it
    captured_at BIGINT NOT NULL,          -- when it came in
    search      TEXT NOT NULL,             -- words and reference in lower case, for `q`
    document    TEXT NOT NULL              -- Feedback
);
CREATE INDEX feedback_by_customer ON feedback (customer_id, id);
CREATE INDEX feedback_by_problem ON feedback (problem_id, id) WHERE problem_id IS NOT NULL;
CREATE INDEX feedback_by_state ON feedback (state, id);
CREATE INDEX feedback_by_capture ON feedback (captured_at);

-- What was said, by either side.
CREATE TABLE message (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- msg_…
    inbox       TEXT NOT NULL,             -- the way in
    external_id TEXT COLLATE "C" NOT NULL,             -- the channel's own id: guards against capturing twice
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- what it is about
    by_customer BOOLEAN NOT NULL, -- the customer's side said it
    at          BIGINT NOT NULL,          -- when
    document    TEXT NOT NULL,             -- Message
    UNIQUE (inbox, external_id)
);
CREATE INDEX message_by_feedback ON message (feedback_id, at, id);

-- Phone calls as they ended.
CREATE TABLE call (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- call_…
    document TEXT NOT NULL              -- Call, with its recording and termination
);

-- The words of a call.
CREATE TABLE transcript (
    feedback_id TEXT NOT NULL PRIMARY KEY REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL              -- Transcript
);

-- Every classification ever made, corrected ones too: training data.
CREATE TABLE classification (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,      -- in the order they were made
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL             -- Classification
);
CREATE INDEX classification_by_feedback ON classification (feedback_id, seq);

-- What customers were promised.
CREATE TABLE promise (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- pm_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    made_at     BIGINT NOT NULL,          -- orders a feedback's promises
    document    TEXT NOT NULL              -- Promise
);
CREATE INDEX promise_by_feedback ON promise (feedback_id, made_at, id);

-- What customers are told: one of each kind per feedback.
CREATE TABLE notice (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- no_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    kind        TEXT NOT NULL,             -- received, accepted, fixed, …
    state       TEXT NOT NULL,             -- pending, sending, sent, …
    created_at  BIGINT NOT NULL,          -- orders a feedback's notices
    document    TEXT NOT NULL,             -- Notice
    UNIQUE (feedback_id, kind)
);
CREATE INDEX notice_awaiting_call ON notice (created_at, id) WHERE state = 'awaiting_call';

-- What was filed with the owner teams.
CREATE TABLE issue (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- is_…
    revision    BIGINT NOT NULL,          -- counts the saves
    problem_id  TEXT NOT NULL REFERENCES problem (id) ON DELETE CASCADE, -- for which problem
    tracker     TEXT NOT NULL,             -- as github
    project     TEXT NOT NULL,             -- as owner/repo
    tracker_key TEXT NOT NULL,             -- the tracker's own number
    marker      TEXT NOT NULL,             -- hidden in the body; joins with the board
    document    TEXT NOT NULL,             -- Issue
    UNIQUE (problem_id, tracker, project),
    UNIQUE (tracker, project, tracker_key)
);
CREATE INDEX issue_by_marker ON issue (marker);

-- Evidence for acceptance stages; only ever added to.
CREATE TABLE signal (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- sg_…
    issue_id  TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE, -- where it happened
    event_key TEXT NOT NULL,             -- the event's key: the same event counts once
    at        BIGINT NOT NULL,          -- when it happened
    document  TEXT NOT NULL,             -- AcceptanceSignal
    UNIQUE (issue_id, event_key)
);

-- How far each tracker project was read.
CREATE TABLE read_cursor (
    tracker    TEXT NOT NULL,            -- as github
    project    TEXT NOT NULL,            -- as owner/repo
    read_until BIGINT NOT NULL,         -- everything before it has been read
    PRIMARY KEY (tracker, project)
);

-- Issues on the built-in board.
CREATE TABLE board_issue (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,  -- bi_…
    revision BIGINT NOT NULL,           -- counts the saves
    project  TEXT NOT NULL,              -- the owner team's board
    number   BIGINT NOT NULL UNIQUE,    -- for people, from 1
    marker   TEXT NOT NULL UNIQUE,       -- by which a repeat of filing finds it
    document TEXT NOT NULL               -- BoardIssue
);
CREATE INDEX board_issue_by_project ON board_issue (project, id);

-- What happened on the board, in order.
CREATE TABLE board_event (
    seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- the order
    board_issue_id TEXT NOT NULL REFERENCES board_issue (id) ON DELETE CASCADE, -- where
    document       TEXT NOT NULL         -- TrackerEvent
);
CREATE INDEX board_event_by_issue ON board_event (board_issue_id, seq);

-- The last number given on the board: one row.
CREATE TABLE board_number (
    last BIGINT NOT NULL                -- 0 before the first
);
INSERT INTO board_number (last) VALUES (0);

-- Work to do, and work done: the outbox. Each index covers either what waits or what is
-- over, so that finding the next job costs the same however long the history is.
CREATE TABLE job (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- job_…
    dedup_key   TEXT NOT NULL UNIQUE,      -- a second job with this key is not queued
    step        TEXT NOT NULL,             -- who does it
    lane        TEXT NOT NULL,             -- jobs of one lane never run side by side
    state       TEXT NOT NULL,             -- ready, leased, done, dead
    attempts    BIGINT NOT NULL,          -- begun so far; the newest one's number fences
    run_at      BIGINT NOT NULL,          -- not before
    lease_until BIGINT,                   -- when leased: another worker may take it then
    last_error  TEXT,                      -- why the last attempt failed
    created_at  BIGINT NOT NULL,          -- when queued
    updated_at  BIGINT NOT NULL,          -- when it last changed
    document    TEXT NOT NULL              -- Job
);
CREATE INDEX job_waiting ON job (run_at, id) WHERE state IN ('ready', 'leased');
CREATE INDEX job_lane ON job (lane) WHERE state IN ('ready', 'leased');
CREATE INDEX job_leased ON job (lane) WHERE state = 'leased';
CREATE INDEX job_finished ON job (state, id, step) WHERE state IN ('done', 'dead');

-- Those who may sign in.
CREATE TABLE desk_user (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- us_…
    created_at BIGINT NOT NULL,          -- orders the list
    document   TEXT NOT NULL              -- User: name and role
);

-- Sign-in links and sessions.
CREATE TABLE access_secret (
    kind       TEXT NOT NULL,             -- sign_in_link, session
    hash       BYTEA NOT NULL,             -- SHA-256 of the token, which is never stored
    user_id    TEXT NOT NULL REFERENCES desk_user (id) ON DELETE CASCADE, -- whose
    expires_at BIGINT NOT NULL,          -- worth nothing from then on
    PRIMARY KEY (kind, hash)
);

-- Secrets of the installation, the same for all nodes.
CREATE TABLE installation_secret (
    name  TEXT NOT NULL PRIMARY KEY,      -- as customer_links
    value BYTEA NOT NULL                   -- 32 random bytes
);
