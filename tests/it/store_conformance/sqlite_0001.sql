-- A small desk as migration 0001 of store-sqlite left it (sqlite3 .dump).
-- Made once, never changed: later migrations must open it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'feedback desk','2026-11-21 21:53:30',1,X'69258a0611ea40e5d6a8c2f1e0b233158e8e489b50d2b216628b44ef774a67169fc78e181e302f59a5b1ac6f630be47e',27518401);
CREATE TABLE customer (
    id       TEXT NOT NULL PRIMARY KEY, -- cu_…
    document TEXT NOT NULL              -- Customer: name, language, first seen
) STRICT;
INSERT INTO customer VALUES('cu_01a20019a5aa7150b70fdaaa22ec1f90','{"id":"cu_01a20019a5aa7150b70fdaaa22ec1f90","name":null,"language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO customer VALUES('cu_01a20019a5ab75b2835769141563c7ab','{"id":"cu_01a20019a5ab75b2835769141563c7ab","name":null,"language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO customer VALUES('cu_01a20019a5ad733a8971e35ace9f8921','{"id":"cu_01a20019a5ad733a8971e35ace9f8921","name":"Анна","language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');
CREATE TABLE address (
    kind        TEXT NOT NULL,                       -- sip, discord, telegram, email, phone
    value       TEXT NOT NULL,                       -- in the channel's own form
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    proved      INTEGER NOT NULL CHECK (proved IN (0, 1)), -- the channel vouches for it
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO address VALUES('sip','sip:anna@example.org','cu_01a20019a5ad733a8971e35ace9f8921',1);
CREATE TABLE conversation (
    id          TEXT NOT NULL PRIMARY KEY, -- cv_…
    inbox       TEXT NOT NULL,             -- as phone:support
    customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- whose
    document    TEXT NOT NULL,             -- Conversation
    UNIQUE (customer_id, inbox)
) STRICT;
INSERT INTO conversation VALUES('cv_01a20019a5aa7150b70fdaab8663f0db','web:form','cu_01a20019a5aa7150b70fdaaa22ec1f90','{"id":"cv_01a20019a5aa7150b70fdaab8663f0db","inbox":"web:form","customer":"cu_01a20019a5aa7150b70fdaaa22ec1f90","started_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO conversation VALUES('cv_01a20019a5ab75b283576915d550f2cb','web:form','cu_01a20019a5ab75b2835769141563c7ab','{"id":"cv_01a20019a5ab75b283576915d550f2cb","inbox":"web:form","customer":"cu_01a20019a5ab75b2835769141563c7ab","started_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO conversation VALUES('cv_01a20019a5ad733a8971e35beaf399e7','phone:support','cu_01a20019a5ad733a8971e35ace9f8921','{"id":"cv_01a20019a5ad733a8971e35beaf399e7","inbox":"phone:support","customer":"cu_01a20019a5ad733a8971e35ace9f8921","started_at":"2026-05-04T09:00:00.123456Z"}');
CREATE TABLE problem (
    id         TEXT NOT NULL PRIMARY KEY, -- pr_…
    revision   INTEGER NOT NULL,          -- counts the saves
    state      TEXT NOT NULL,             -- open, fixed, declined
    root_cause TEXT NOT NULL,             -- for filtering
    owner_team TEXT NOT NULL,             -- for filtering, and for look-alikes
    document   TEXT NOT NULL              -- Problem
) STRICT;
INSERT INTO problem VALUES('pr_01a20019a5ac77fab733f695f69f578a',0,'open','delivery','logistics','{"id":"pr_01a20019a5ac77fab733f695f69f578a","root_cause":"delivery","owner_team":"logistics","title":"Курьер опаздывает","pattern":"Курьер опаздывает","likeness_keys":[7,18446744073709551615],"state":{"name":"open"},"stage":"none","stage_since":"2026-05-04T09:00:03.123456Z","last_comment":null,"opened_at":"2026-05-04T09:00:03.123456Z","revision":0}');
CREATE TABLE problem_likeness (
    likeness_key INTEGER NOT NULL,        -- the 64 bits of the key, as a signed number
    problem_id   TEXT NOT NULL REFERENCES problem (id) ON DELETE CASCADE, -- whose
    PRIMARY KEY (likeness_key, problem_id)
) STRICT, WITHOUT ROWID;
INSERT INTO problem_likeness VALUES(-1,'pr_01a20019a5ac77fab733f695f69f578a');
INSERT INTO problem_likeness VALUES(7,'pr_01a20019a5ac77fab733f695f69f578a');
CREATE TABLE gathering (
    owner_team TEXT NOT NULL PRIMARY KEY, -- the team
    opened     INTEGER NOT NULL           -- problems ever opened
) STRICT, WITHOUT ROWID;
INSERT INTO gathering VALUES('logistics',1);
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
INSERT INTO feedback VALUES('fb_01a20019a5aa7150b70fdaad114d7b30',0,'cu_01a20019a5aa7150b70fdaaa22ec1f90','web','captured',NULL,NULL,NULL,0,1777885200123456,'gsyt-m8mn gsytm8mn курьер опоздал на три часа','{"id":"fb_01a20019a5aa7150b70fdaad114d7b30","reference":"GSYT-M8MN","inbox":"web:form","channel":"web","customer":"cu_01a20019a5aa7150b70fdaaa22ec1f90","conversation":"cv_01a20019a5aa7150b70fdaab8663f0db","source":{"message":"msg_01a20019a5aa7150b70fdaac3d348eb9"},"return_path":{"none":"own_page_only"},"language":"ru","text":"Курьер опоздал на три часа","page":"/cart","claimed":null,"state":{"name":"captured"},"captured_at":"2026-05-04T09:00:00.123456Z","updated_at":"2026-05-04T09:00:00.123456Z","revision":0}');
INSERT INTO feedback VALUES('fb_01a20019a5ab75b283576917ae6e0fe8',0,'cu_01a20019a5ab75b2835769141563c7ab','web','captured',NULL,NULL,NULL,0,1777885200123456,'8z3w-6qy2 8z3w6qy2 the font is too small','{"id":"fb_01a20019a5ab75b283576917ae6e0fe8","reference":"8Z3W-6QY2","inbox":"web:form","channel":"web","customer":"cu_01a20019a5ab75b2835769141563c7ab","conversation":"cv_01a20019a5ab75b283576915d550f2cb","source":{"message":"msg_01a20019a5ab75b28357691625c35ae6"},"return_path":{"none":"own_page_only"},"language":"ru","text":"The font is too small","page":"/cart","claimed":null,"state":{"name":"captured"},"captured_at":"2026-05-04T09:00:00.123456Z","updated_at":"2026-05-04T09:00:00.123456Z","revision":0}');
INSERT INTO feedback VALUES('fb_01a20019a5ad733a8971e35dd71d6e06',3,'cu_01a20019a5ad733a8971e35ace9f8921','phone','filed','delivery','logistics','pr_01a20019a5ac77fab733f695f69f578a',1,1777885230123456,'6gvt-hbqb 6gvthbqb курьер не приехал','{"id":"fb_01a20019a5ad733a8971e35dd71d6e06","reference":"6GVT-HBQB","inbox":"phone:support","channel":"phone","customer":"cu_01a20019a5ad733a8971e35ace9f8921","conversation":"cv_01a20019a5ad733a8971e35beaf399e7","source":{"call":"call_01a20019a5ad733a8971e359a0fbc61c"},"return_path":{"reply":{"address":{"kind":"sip","value":"sip:anna@example.org","proved":true},"room":null}},"language":"ru","text":"Курьер не приехал","page":null,"claimed":null,"state":{"name":"filed","routed":{"answered":{"classification":{"root_cause":"delivery","confidence":0.87,"causes":[{"root_cause":"delivery","score":0.87}],"decided_by":{"kind":"model","version":"local/1"},"evidence":["опоздал"],"at":"2026-05-04T09:00:02.123456Z"},"answered_at":"2026-05-04T09:00:03.123456Z"},"owner_team":"logistics","problem":"pr_01a20019a5ac77fab733f695f69f578a","routed_at":"2026-05-04T09:00:04.123456Z"},"filed_at":"2026-05-04T09:00:06.123456Z"},"captured_at":"2026-05-04T09:00:30.123456Z","updated_at":"2026-05-04T09:00:06.123456Z","revision":3}');
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
INSERT INTO message VALUES('msg_01a20019a5aa7150b70fdaac3d348eb9','web:form','m-1','fb_01a20019a5aa7150b70fdaad114d7b30',1,1777885200123456,'{"id":"msg_01a20019a5aa7150b70fdaac3d348eb9","inbox":"web:form","external_id":"m-1","conversation":"cv_01a20019a5aa7150b70fdaab8663f0db","feedback":"fb_01a20019a5aa7150b70fdaad114d7b30","author":{"kind":"customer"},"text":"Курьер опоздал на три часа","at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO message VALUES('msg_01a20019a5ab75b28357691625c35ae6','web:form','m-2','fb_01a20019a5ab75b283576917ae6e0fe8',1,1777885200123456,'{"id":"msg_01a20019a5ab75b28357691625c35ae6","inbox":"web:form","external_id":"m-2","conversation":"cv_01a20019a5ab75b283576915d550f2cb","feedback":"fb_01a20019a5ab75b283576917ae6e0fe8","author":{"kind":"customer"},"text":"The font is too small","at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO message VALUES('msg_01a20019a5ad733a8971e35c747dc98a','phone:support','call_01a20019a5ad733a8971e359a0fbc61c','fb_01a20019a5ad733a8971e35dd71d6e06',1,1777885209123456,'{"id":"msg_01a20019a5ad733a8971e35c747dc98a","inbox":"phone:support","external_id":"call_01a20019a5ad733a8971e359a0fbc61c","conversation":"cv_01a20019a5ad733a8971e35beaf399e7","feedback":"fb_01a20019a5ad733a8971e35dd71d6e06","author":{"kind":"customer"},"text":"","at":"2026-05-04T09:00:09.123456Z"}');
CREATE TABLE call (
    id       TEXT NOT NULL PRIMARY KEY, -- call_…
    document TEXT NOT NULL              -- Call, with its recording and termination
) STRICT;
INSERT INTO call VALUES('call_01a20019a5ad733a8971e359a0fbc61c','{"id":"call_01a20019a5ad733a8971e359a0fbc61c","line":"support","caller":"sip:anna@example.org","language":"ru","arrived_at":"2026-05-04T09:00:00.123456Z","answered_at":"2026-05-04T09:00:01.123456Z","tone_at":"2026-05-04T09:00:09.123456Z","ended_at":"2026-05-04T09:00:30.123456Z","termination":"completed/caller_hung_up","recording":{"file":"call-1.wav","milliseconds":21000,"bytes":336044},"codec":"PCMA"}');
CREATE TABLE transcript (
    feedback_id TEXT NOT NULL PRIMARY KEY REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL              -- Transcript
) STRICT, WITHOUT ROWID;
INSERT INTO transcript VALUES('fb_01a20019a5ad733a8971e35dd71d6e06','{"language":"ru","text":"Курьер не приехал","by":"whisper-base","confidence":0.5,"segments":[],"at":"2026-05-04T09:00:31.123456Z"}');
CREATE TABLE classification (
    seq         INTEGER PRIMARY KEY,      -- in the order they were made
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- of which
    document    TEXT NOT NULL             -- Classification
) STRICT;
INSERT INTO classification VALUES(1,'fb_01a20019a5ad733a8971e35dd71d6e06','{"root_cause":"delivery","confidence":0.87,"causes":[{"root_cause":"delivery","score":0.87}],"decided_by":{"kind":"model","version":"local/1"},"evidence":["опоздал"],"at":"2026-05-04T09:00:02.123456Z"}');
CREATE TABLE promise (
    id          TEXT NOT NULL PRIMARY KEY, -- pm_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    made_at     INTEGER NOT NULL,          -- orders a feedback's promises
    document    TEXT NOT NULL              -- Promise
) STRICT;
INSERT INTO promise VALUES('pm_01a20019a5aa7150b70fdaae3d9a0547','fb_01a20019a5aa7150b70fdaad114d7b30',1777885200123456,'{"id":"pm_01a20019a5aa7150b70fdaae3d9a0547","feedback":"fb_01a20019a5aa7150b70fdaad114d7b30","what":"first_answer","made_at":"2026-05-04T09:00:00.123456Z","due_at":"2026-05-04T09:30:00.123456Z","state":{"name":"due"}}');
INSERT INTO promise VALUES('pm_01a20019a5ab75b283576918730a080a','fb_01a20019a5ab75b283576917ae6e0fe8',1777885200123456,'{"id":"pm_01a20019a5ab75b283576918730a080a","feedback":"fb_01a20019a5ab75b283576917ae6e0fe8","what":"first_answer","made_at":"2026-05-04T09:00:00.123456Z","due_at":"2026-05-04T09:30:00.123456Z","state":{"name":"due"}}');
INSERT INTO promise VALUES('pm_01a20019a5ad733a8971e35ebe263be0','fb_01a20019a5ad733a8971e35dd71d6e06',1777885208123456,'{"id":"pm_01a20019a5ad733a8971e35ebe263be0","feedback":"fb_01a20019a5ad733a8971e35dd71d6e06","what":"first_answer","made_at":"2026-05-04T09:00:08.123456Z","due_at":"2026-05-04T09:30:08.123456Z","state":{"name":"due"}}');
CREATE TABLE notice (
    id          TEXT NOT NULL PRIMARY KEY, -- no_…
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE, -- about what
    kind        TEXT NOT NULL,             -- received, accepted, fixed, …
    state       TEXT NOT NULL,             -- pending, sending, sent, …
    created_at  INTEGER NOT NULL,          -- orders a feedback's notices
    document    TEXT NOT NULL,             -- Notice
    UNIQUE (feedback_id, kind)
) STRICT;
INSERT INTO notice VALUES('no_01a20019a5aa7150b70fdaaf11cbe27a','fb_01a20019a5aa7150b70fdaad114d7b30','received','pending',1777885200123456,'{"id":"no_01a20019a5aa7150b70fdaaf11cbe27a","feedback":"fb_01a20019a5aa7150b70fdaad114d7b30","kind":"received","text":"","state":{"name":"pending"},"created_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO notice VALUES('no_01a20019a5ab75b2835769193210abc4','fb_01a20019a5ab75b283576917ae6e0fe8','received','pending',1777885200123456,'{"id":"no_01a20019a5ab75b2835769193210abc4","feedback":"fb_01a20019a5ab75b283576917ae6e0fe8","kind":"received","text":"","state":{"name":"pending"},"created_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO notice VALUES('no_01a20019a5ad733a8971e35f4eac60e6','fb_01a20019a5ad733a8971e35dd71d6e06','received','sent',1777885230123456,'{"id":"no_01a20019a5ad733a8971e35f4eac60e6","feedback":"fb_01a20019a5ad733a8971e35dd71d6e06","kind":"received","text":"","state":{"name":"sent","at":"2026-05-04T09:00:08.123456Z"},"created_at":"2026-05-04T09:00:30.123456Z"}');
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
INSERT INTO issue VALUES('is_01a20019a5bc72faa33db4ed8bbfd317',0,'pr_01a20019a5ac77fab733f695f69f578a','board','logistics','1','<!-- mostik:pr_01a20019a5ac77fab733f695f69f578a -->','{"id":"is_01a20019a5bc72faa33db4ed8bbfd317","problem":"pr_01a20019a5ac77fab733f695f69f578a","tracker":"board","project":"logistics","key":"1","url":"https://tracker.example/logistics/1","state":"open","told_count":1,"filed_at":"2026-05-04T09:00:06.123456Z","read_until":null,"revision":0}');
CREATE TABLE signal (
    id        TEXT NOT NULL PRIMARY KEY, -- sg_…
    issue_id  TEXT NOT NULL REFERENCES issue (id) ON DELETE CASCADE, -- where it happened
    event_key TEXT NOT NULL,             -- the event's key: the same event counts once
    at        INTEGER NOT NULL,          -- when it happened
    document  TEXT NOT NULL,             -- AcceptanceSignal
    UNIQUE (issue_id, event_key)
) STRICT;
INSERT INTO signal VALUES('sg_01a20019a5bc72faa33db4ee0d08e07c','is_01a20019a5bc72faa33db4ed8bbfd317','taken',1777885209123456,'{"id":"sg_01a20019a5bc72faa33db4ee0d08e07c","issue":"is_01a20019a5bc72faa33db4ed8bbfd317","key":"taken","stage":"acceptance","kind":"assignment","quote":"","at":"2026-05-04T09:00:09.123456Z","url":null}');
CREATE TABLE read_cursor (
    tracker    TEXT NOT NULL,            -- as github
    project    TEXT NOT NULL,            -- as owner/repo
    read_until INTEGER NOT NULL,         -- everything before it has been read
    PRIMARY KEY (tracker, project)
) STRICT, WITHOUT ROWID;
INSERT INTO read_cursor VALUES('github','shop/site',1777885210123456);
CREATE TABLE board_issue (
    id       TEXT NOT NULL PRIMARY KEY,  -- bi_…
    revision INTEGER NOT NULL,           -- counts the saves
    project  TEXT NOT NULL,              -- the owner team's board
    number   INTEGER NOT NULL UNIQUE,    -- for people, from 1
    marker   TEXT NOT NULL UNIQUE,       -- by which a repeat of filing finds it
    document TEXT NOT NULL               -- BoardIssue
) STRICT;
INSERT INTO board_issue VALUES('bi_01a20019a5bc72faa33db4ec77c1f60e',0,'logistics',1,'<!-- mostik:pr_01a20019a5ac77fab733f695f69f578a -->','{"id":"bi_01a20019a5bc72faa33db4ec77c1f60e","project":"logistics","number":1,"marker":"<!-- mostik:pr_01a20019a5ac77fab733f695f69f578a -->","title":"Курьер опаздывает","body":"Три покупателя…","column":"new","labels":["feedback"],"assignee":null,"filed_at":"2026-05-04T09:00:06.123456Z","revision":0}');
CREATE TABLE board_event (
    seq            INTEGER PRIMARY KEY,  -- the order
    board_issue_id TEXT NOT NULL REFERENCES board_issue (id) ON DELETE CASCADE, -- where
    document       TEXT NOT NULL         -- TrackerEvent
) STRICT;
INSERT INTO board_event VALUES(1,'bi_01a20019a5bc72faa33db4ec77c1f60e','{"key":"taken","actor":"person","at":"2026-05-04T09:00:09.123456Z","url":null,"what":{"kind":"assigned"}}');
CREATE TABLE board_number (
    last INTEGER NOT NULL                -- 0 before the first
) STRICT;
INSERT INTO board_number VALUES(1);
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
INSERT INTO job VALUES('job_01a20019a5aa7150b70fdab0042f2fca','classify:fb_01a20019a5aa7150b70fdaad114d7b30','classify','fb_01a20019a5aa7150b70fdaad114d7b30','dead',1,1777885200123456,NULL,'no such model',1777885200123456,1777885241123456,'{"job":"classify","feedback":"fb_01a20019a5aa7150b70fdaad114d7b30"}');
INSERT INTO job VALUES('job_01a20019a5aa7150b70fdab11b0974b8','check-promise:pm_01a20019a5aa7150b70fdaae3d9a0547','tell','pm_01a20019a5aa7150b70fdaae3d9a0547','ready',0,1777887000123456,NULL,NULL,1777885200123456,1777885200123456,'{"job":"check_promise","promise":"pm_01a20019a5aa7150b70fdaae3d9a0547"}');
INSERT INTO job VALUES('job_01a20019a5ab75b28357691a121da314','classify:fb_01a20019a5ab75b283576917ae6e0fe8','classify','fb_01a20019a5ab75b283576917ae6e0fe8','done',1,1777885200123456,NULL,NULL,1777885200123456,1777885243123456,'{"job":"classify","feedback":"fb_01a20019a5ab75b283576917ae6e0fe8"}');
INSERT INTO job VALUES('job_01a20019a5ab75b28357691bcfdfe562','check-promise:pm_01a20019a5ab75b283576918730a080a','tell','pm_01a20019a5ab75b283576918730a080a','ready',0,1777887000123456,NULL,NULL,1777885200123456,1777885200123456,'{"job":"check_promise","promise":"pm_01a20019a5ab75b283576918730a080a"}');
INSERT INTO job VALUES('job_01a20019a5ad733a8971e360778c12e0','transcribe:fb_01a20019a5ad733a8971e35dd71d6e06','transcribe','fb_01a20019a5ad733a8971e35dd71d6e06','ready',0,1777885230123456,NULL,NULL,1777885230123456,1777885230123456,'{"job":"transcribe","feedback":"fb_01a20019a5ad733a8971e35dd71d6e06"}');
INSERT INTO job VALUES('job_01a20019a5ad733a8971e361b259ad85','check-promise:pm_01a20019a5ad733a8971e35ebe263be0','tell','pm_01a20019a5ad733a8971e35ebe263be0','ready',0,1777887008123456,NULL,NULL,1777885230123456,1777885230123456,'{"job":"check_promise","promise":"pm_01a20019a5ad733a8971e35ebe263be0"}');
CREATE TABLE desk_user (
    id         TEXT NOT NULL PRIMARY KEY, -- us_…
    created_at INTEGER NOT NULL,          -- orders the list
    document   TEXT NOT NULL              -- User: name and role
) STRICT;
INSERT INTO desk_user VALUES('us_01a20019a5d170428b529074327b30c5',1777885200123456,'{"id":"us_01a20019a5d170428b529074327b30c5","name":"Ольга","role":"admin","created_at":"2026-05-04T09:00:00.123456Z"}');
CREATE TABLE access_secret (
    kind       TEXT NOT NULL,             -- sign_in_link, session
    hash       BLOB NOT NULL,             -- SHA-256 of the token, which is never stored
    user_id    TEXT NOT NULL REFERENCES desk_user (id) ON DELETE CASCADE, -- whose
    expires_at INTEGER NOT NULL,          -- worth nothing from then on
    PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;
INSERT INTO access_secret VALUES('session',X'0303030303030303030303030303030303030303030303030303030303030303','us_01a20019a5d170428b529074327b30c5',1777894200123456);
CREATE TABLE installation_secret (
    name  TEXT NOT NULL PRIMARY KEY,      -- as customer_links
    value BLOB NOT NULL                   -- 32 random bytes
) STRICT, WITHOUT ROWID;
INSERT INTO installation_secret VALUES('customer links',X'2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a');
CREATE INDEX address_by_customer ON address (customer_id);
CREATE INDEX problem_by_team ON problem (owner_team, id);
CREATE INDEX problem_likeness_by_problem ON problem_likeness (problem_id);
CREATE INDEX feedback_by_customer ON feedback (customer_id, id);
CREATE INDEX feedback_by_problem ON feedback (problem_id, id) WHERE problem_id IS NOT NULL;
CREATE INDEX feedback_by_state ON feedback (state, id);
CREATE INDEX feedback_by_capture ON feedback (captured_at);
CREATE INDEX message_by_feedback ON message (feedback_id, at, id);
CREATE INDEX classification_by_feedback ON classification (feedback_id, seq);
CREATE INDEX promise_by_feedback ON promise (feedback_id, made_at, id);
CREATE INDEX notice_awaiting_call ON notice (created_at, id) WHERE state = 'awaiting_call';
CREATE INDEX issue_by_marker ON issue (marker);
CREATE INDEX board_issue_by_project ON board_issue (project, id);
CREATE INDEX board_event_by_issue ON board_event (board_issue_id, seq);
CREATE INDEX job_waiting ON job (run_at, id) WHERE state IN ('ready', 'leased');
CREATE INDEX job_lane ON job (lane) WHERE state IN ('ready', 'leased');
CREATE INDEX job_leased ON job (lane) WHERE state = 'leased';
CREATE INDEX job_finished ON job (state, id, step) WHERE state IN ('done', 'dead');
COMMIT;
