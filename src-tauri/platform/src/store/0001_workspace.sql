-- The workspace. Times are milliseconds since 1970 in UTC; `nr` columns are sequences, which lists and cursors go by.

CREATE TABLE workspace (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    demo INTEGER NOT NULL,
    survey_quiet_days INTEGER NOT NULL,
    survey_min_replies INTEGER NOT NULL,
    team_mandatory INTEGER NOT NULL,
    allow_manual_close INTEGER NOT NULL,
    settings_version INTEGER NOT NULL,
    settings_changed_at INTEGER,
    settings_changed_by TEXT REFERENCES users (id),
    -- Events up to this sequence were deleted; whoever asks for older ones has to synchronise anew.
    events_deleted_to INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('advisor', 'admin')),
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user_teams (
    user_id TEXT NOT NULL REFERENCES users (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    PRIMARY KEY (user_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    reply_limit INTEGER NOT NULL,
    conversation_window_h INTEGER NOT NULL,
    -- Any reply goes out within reply_window_h, a person's within person_window_h; NULL: no limit, or no such extension.
    reply_window_h INTEGER,
    person_window_h INTEGER,
    survey TEXT,
    -- The scenario as JSON; see scenario.rs.
    scenario TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user_channels (
    user_id TEXT NOT NULL REFERENCES users (id),
    channel_id TEXT NOT NULL REFERENCES channels (id),
    PRIMARY KEY (user_id, channel_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    mandatory INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE canned_replies (
    id TEXT PRIMARY KEY,
    shortcut TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    closing INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Applied in order of position to every new conversation, after the scenario; the first that fits decides (R9).
CREATE TABLE routing_rules (
    position INTEGER PRIMARY KEY,
    channel_id TEXT REFERENCES channels (id),
    language TEXT,
    -- JSON array of lower-case words; NULL: any text.
    words TEXT,
    team_id TEXT NOT NULL REFERENCES teams (id)
) STRICT;

CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT,
    vip INTEGER NOT NULL,
    -- D10: quiet days count from here.
    last_survey_at INTEGER,
    UNIQUE (channel_id, external_id)
) STRICT;

CREATE TABLE conversations (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    customer_id TEXT NOT NULL REFERENCES customers (id),
    team_id TEXT REFERENCES teams (id),
    assignee_id TEXT REFERENCES users (id),
    state TEXT NOT NULL CHECK (state IN ('received', 'ongoing', 'answered', 'archived', 'closed')),
    on_hold INTEGER NOT NULL DEFAULT 0,
    help_requested INTEGER NOT NULL DEFAULT 0,
    tags TEXT NOT NULL DEFAULT '[]',
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by_kind TEXT,
    closed_by_id TEXT,
    closed_by_name TEXT,
    previous_id TEXT,
    previous_closed_by_kind TEXT,
    previous_closed_by_id TEXT,
    previous_closed_by_name TEXT,
    last_customer_message_id TEXT,
    last_customer_message_at INTEGER,
    last_message_nr INTEGER,
    message_count INTEGER NOT NULL DEFAULT 0,
    advisor_replies INTEGER NOT NULL DEFAULT 0,
    survey_sent INTEGER NOT NULL DEFAULT 0,
    -- The scenario step that waits for the customer; NULL: the advisors have it.
    scenario_step TEXT,
    version INTEGER NOT NULL,
    -- R8: closed is final, and says by whom.
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_by_kind IS NOT NULL))
) STRICT;

-- R8 holds against our own mistakes, too.
CREATE TRIGGER closed_is_final BEFORE UPDATE OF state, closed_at, closed_by_kind ON conversations
WHEN old.state = 'closed'
BEGIN
    SELECT raise(ABORT, 'closed is final');
END;

CREATE INDEX conversations_by_state ON conversations (state, opened_at, nr);
CREATE INDEX conversations_by_customer ON conversations (customer_id, opened_at, nr);
-- R9: one open conversation per customer and channel.
CREATE UNIQUE INDEX one_open_conversation ON conversations (customer_id) WHERE state <> 'closed';

CREATE TABLE entries (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_nr INTEGER NOT NULL REFERENCES conversations (nr),
    kind TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id TEXT,
    author_name TEXT,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivery_status TEXT,
    delivery_reason TEXT,
    client_key TEXT,
    -- JSON: buttons of a reply, the details of an event.
    buttons TEXT,
    event TEXT,
    -- Of a reply: its `answer` action, which a failed delivery refers to (D12).
    action_id TEXT
) STRICT;

CREATE INDEX entries_by_conversation ON entries (conversation_nr, nr);

-- What the channels handed in: the same external id again is the same message.
CREATE TABLE inbound (
    channel_id TEXT NOT NULL REFERENCES channels (id),
    external_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    new_conversation INTEGER NOT NULL,
    PRIMARY KEY (channel_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbound (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'survey')),
    id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    text TEXT NOT NULL,
    survey_token TEXT,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX outbound_by_channel ON outbound (channel_id, seq);

CREATE TABLE surveys (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    conversation_nr INTEGER NOT NULL REFERENCES conversations (nr),
    kind TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    answered_at INTEGER,
    rating INTEGER,
    comment TEXT
) STRICT;

-- The one source of /v1/actions, the figures and actions.csv (R6, R11, D51).
CREATE TABLE actions (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'fail')),
    author_id TEXT NOT NULL,
    author_name TEXT NOT NULL,
    author_is_bot INTEGER NOT NULL,
    origin TEXT NOT NULL,
    conversation_nr INTEGER NOT NULL REFERENCES conversations (nr),
    conversation_id TEXT NOT NULL,
    previous_conversation_id TEXT,
    channel_id TEXT NOT NULL,
    channel_type TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    team_id TEXT,
    answer_action_id TEXT,
    survey_status TEXT,
    data TEXT NOT NULL
) STRICT;

CREATE INDEX actions_by_time ON actions (at);
CREATE INDEX actions_by_conversation ON actions (conversation_nr, nr);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Who may see it; NULL: everybody. The team before a change counts, too: its members learn that it is gone.
    channel_id TEXT,
    team_id TEXT,
    team_before_id TEXT,
    data TEXT NOT NULL
) STRICT;

-- The answers of requests that had an effect, byte for byte, written with the effect.
CREATE TABLE idempotency (
    user_id TEXT NOT NULL REFERENCES users (id),
    key TEXT NOT NULL,
    -- SHA-256 over method, path and body.
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    who_id TEXT NOT NULL,
    who_name TEXT NOT NULL,
    what TEXT NOT NULL,
    -- JSON values.
    before TEXT NOT NULL,
    after TEXT NOT NULL
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
