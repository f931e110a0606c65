-- What people do with calls: who is there, who waits, who talks to whom, who is
-- to be called back. The same tables, columns and indexes as in store-postgres.

-- The line in whose queue the caller waited until an operator answered: how long
-- others will wait is told from these.
ALTER TABLE call ADD COLUMN answered_on TEXT;
CREATE INDEX call_by_wait ON call (answered_on, id) WHERE answered_on IS NOT NULL;
-- The operator who talked last with the caller, and owes a line about it.
ALTER TABLE call ADD COLUMN answered_by TEXT;
CREATE INDEX call_by_operator ON call (answered_by, id) WHERE answered_by IS NOT NULL;

-- The line written after a call. Apart from the call, which the phone saves as a
-- whole, perhaps later than this.
CREATE TABLE call_note (
    call_id  TEXT NOT NULL PRIMARY KEY, -- about which; need not be stored yet
    document TEXT NOT NULL              -- CallNote
) STRICT, WITHOUT ROWID;

-- Whether operators take calls, as they said; who said nothing does.
CREATE TABLE attendance (
    operator TEXT NOT NULL PRIMARY KEY, -- the name at the desk
    document TEXT NOT NULL              -- Attendance
) STRICT, WITHOUT ROWID;

-- What the phone is doing now; emptied when it starts.
CREATE TABLE live_call (
    id       TEXT NOT NULL PRIMARY KEY, -- call_…
    document TEXT NOT NULL              -- LiveCall
) STRICT, WITHOUT ROWID;

-- What the desk asks of the phone: of each call the newest only.
CREATE TABLE desk_order (
    call_id  TEXT NOT NULL PRIMARY KEY REFERENCES live_call (id) ON DELETE CASCADE, -- about which
    id       TEXT NOT NULL UNIQUE,      -- or_…
    at       INTEGER NOT NULL,          -- when given: obeyed soon or never
    document TEXT NOT NULL              -- DeskOrder
) STRICT, WITHOUT ROWID;

-- What callers are told before anything else.
CREATE TABLE outage (
    line     TEXT NOT NULL PRIMARY KEY, -- on which line; '' for every line
    document TEXT NOT NULL              -- Outage
) STRICT, WITHOUT ROWID;

-- Callers who keep their place in a queue and are called when it is their turn.
CREATE TABLE call_back (
    id             TEXT NOT NULL PRIMARY KEY, -- cb_…
    revision       INTEGER NOT NULL,          -- counts the saves
    call_id        TEXT NOT NULL UNIQUE,      -- in which it was asked for; asked once
    in_queue_since INTEGER NOT NULL,          -- their place
    over           INTEGER NOT NULL CHECK (over IN (0, 1)), -- nothing more will be tried
    document       TEXT NOT NULL              -- CallBack
) STRICT;
CREATE INDEX call_back_waiting ON call_back (in_queue_since, id) WHERE NOT over;
CREATE INDEX call_back_over ON call_back (id) WHERE over;
