-- People who come and go, teams that are given up, and an audit log whose entries are chained.

ALTER TABLE users ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN created_at INTEGER;
ALTER TABLE users ADD COLUMN deactivated_at INTEGER;
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Of a team that was given up the closed conversations and the figures still tell.
ALTER TABLE teams ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE teams ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE INDEX sessions_by_user ON sessions (user_id);

-- Failed sign-ins beyond what the audit log takes in a minute: they are counted.
ALTER TABLE workspace ADD COLUMN unrecorded_sign_ins INTEGER NOT NULL DEFAULT 0;

-- An event for one person alone: what that person may see has changed.
ALTER TABLE events ADD COLUMN user_id TEXT;

-- What was there is chained by `audit::chain::adopt`, in the same transaction: SQL cannot hash.
DROP TRIGGER audit_log_is_never_changed;
DROP TRIGGER audit_log_is_never_shortened;
ALTER TABLE audit_log RENAME TO unchained_audit_log;

CREATE TABLE audit_log (
    nr INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    who_id TEXT NOT NULL,
    who_name TEXT NOT NULL,
    what TEXT NOT NULL,
    subject_id TEXT,
    subject_name TEXT,
    -- JSON values.
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    -- SHA-256 over the hash before and this content; see `audit::chain`.
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- D52: append-only.
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_is_never_shortened BEFORE DELETE ON audit_log
BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
