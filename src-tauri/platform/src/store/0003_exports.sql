-- Recorded actions are changed by nothing but the erasure of a customer's data. Whoever continues an export that began before
-- that would put two different files together.
CREATE TABLE actions_changed (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    changes INTEGER NOT NULL
) STRICT;

INSERT INTO actions_changed (only_row, changes) VALUES (1, 0);

-- survey_status is set in the transaction that records the action.
CREATE TRIGGER actions_are_changed AFTER UPDATE OF id, kind, at, status, author_id, author_name, author_is_bot, origin,
    conversation_id, previous_conversation_id, channel_id, channel_type, customer_id, team_id, answer_action_id, data ON actions
BEGIN
    UPDATE actions_changed SET changes = changes + 1;
END;

-- Nothing but an erasure changes who a customer is.
CREATE TRIGGER customers_are_erased AFTER UPDATE OF external_id ON customers
BEGIN
    UPDATE actions_changed SET changes = changes + 1;
END;

CREATE TRIGGER customers_are_deleted AFTER DELETE ON customers
BEGIN
    UPDATE actions_changed SET changes = changes + 1;
END;

CREATE TRIGGER actions_are_deleted AFTER DELETE ON actions
BEGIN
    UPDATE actions_changed SET changes = changes + 1;
END;

-- A day's export finds its messages by their time.
CREATE INDEX entries_by_time ON entries (at);

CREATE TABLE exports (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('daily', 'requested')),
    -- What happened from then on, and before then.
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'ready', 'failed')),
    asked_at INTEGER NOT NULL,
    asked_by_id TEXT,
    asked_by_name TEXT,
    -- When it became ready, or failed.
    ended_at INTEGER,
    bytes INTEGER,
    sha256 TEXT,
    -- actions_changed when it was begun: after an erasure it is made again.
    changes INTEGER NOT NULL DEFAULT 0,
    -- JSON: the files in it, and their rows.
    files TEXT NOT NULL DEFAULT '[]',
    -- Why it failed.
    reason TEXT
) STRICT;

CREATE UNIQUE INDEX one_export_a_day ON exports (from_at) WHERE kind = 'daily';

CREATE TABLE export_schedule (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    enabled INTEGER NOT NULL,
    -- UTC.
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    keep_days INTEGER NOT NULL,
    -- Days before this one are not made up.
    since INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER,
    changed_by_id TEXT,
    changed_by_name TEXT
) STRICT;

INSERT INTO export_schedule (only_row, enabled, hour, keep_days, since, version) VALUES (1, 0, 2, 7, 0, 1);
