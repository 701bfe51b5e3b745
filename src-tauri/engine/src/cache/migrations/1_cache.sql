-- Times are milliseconds since 1970, UTC. JSON stands where a value is only ever shown whole.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    reply_limit INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    id TEXT NOT NULL PRIMARY KEY,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT,
    vip INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    num INTEGER PRIMARY KEY, -- short name within this file: what entries and search refer to
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    generation INTEGER NOT NULL, -- the synchronisation that last confirmed that it is there

    -- The platform's truth, changed by what it says and by nothing else.
    state TEXT NOT NULL,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    customer_id TEXT NOT NULL REFERENCES customers (id),
    team_id TEXT,
    team_name TEXT,
    assignee_id TEXT,
    assignee_name TEXT,
    on_hold INTEGER NOT NULL,
    help_requested INTEGER NOT NULL,
    tags TEXT NOT NULL, -- JSON
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by TEXT, -- JSON
    previous_conversation_id TEXT,
    previous_closed_by TEXT, -- JSON
    last_customer_message_id TEXT,
    last_customer_message_at INTEGER,
    message_count INTEGER NOT NULL,
    last_author TEXT, -- JSON
    last_text TEXT NOT NULL, -- its beginning, on one line
    last_at INTEGER NOT NULL,
    reply_window_ends_at INTEGER,
    survey_preview TEXT NOT NULL, -- JSON
    history TEXT, -- what to ask the platform for older entries with; '' for the newest page, NULL when all are here

    -- This machine's own.
    unread INTEGER NOT NULL,

    -- The truth with what is pending replayed over it (DESIGN, outbox 8). Written by the overlay alone.
    shown_state TEXT NOT NULL,
    shown_assignee_id TEXT,
    shown_assignee_name TEXT,
    shown_closed_at INTEGER,
    shown_closed_by TEXT -- JSON
) STRICT;

CREATE INDEX conversations_by_tab ON conversations (shown_state, opened_at, num, shown_assignee_id);
CREATE INDEX conversations_by_assignee ON conversations (shown_state, shown_assignee_id, opened_at, num);
CREATE INDEX conversations_by_customer ON conversations (customer_id, opened_at);

CREATE TABLE entries (
    conversation_num INTEGER NOT NULL REFERENCES conversations (num) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL, -- the conversation's when this was said: what is older does not overwrite it
    kind TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id TEXT,
    author_name TEXT,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivery_status TEXT,
    delivery_reason TEXT,
    client_key TEXT,
    buttons TEXT, -- JSON
    event TEXT, -- JSON
    PRIMARY KEY (conversation_num, position)
) STRICT, WITHOUT ROWID;

-- One document per conversation, since a conversation is what a search finds: the customer's name and every text. The words alone
-- are kept (detail=none, no content): a tenth of the size, and the texts stand in entries already.
CREATE VIRTUAL TABLE search USING fts5 (
    words,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

CREATE TABLE drafts (
    owner TEXT NOT NULL, -- workspace and person: a draft is nobody else's
    conversation_id TEXT NOT NULL,
    text TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (owner, conversation_id)
) STRICT;
