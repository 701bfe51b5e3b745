-- Channels as admins set them up, files, what waits for providers, and visitors of the chat page.

ALTER TABLE channels ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE channels ADD COLUMN archived_at INTEGER;
-- The key or secret before the present one works until its time is over.
ALTER TABLE channels ADD COLUMN key_made_at INTEGER;
ALTER TABLE channels ADD COLUMN former_key_hash BLOB;
ALTER TABLE channels ADD COLUMN former_key_until INTEGER;
-- NULL: connectors ask for what they have to deliver.
ALTER TABLE channels ADD COLUMN webhook_url TEXT;
-- Signing takes the secret itself; a hash would do for checking only.
ALTER TABLE channels ADD COLUMN secret TEXT;
ALTER TABLE channels ADD COLUMN secret_made_at INTEGER;
ALTER TABLE channels ADD COLUMN former_secret TEXT;
ALTER TABLE channels ADD COLUMN former_secret_until INTEGER;
-- JSON; NULL: what channels of the kind usually take.
ALTER TABLE channels ADD COLUMN attachments TEXT;
-- JSON of the chat page; NULL: as it comes.
ALTER TABLE channels ADD COLUMN chat TEXT;
ALTER TABLE channels ADD COLUMN last_success_at INTEGER;
ALTER TABLE channels ADD COLUMN last_failure TEXT;

-- JSON of the files of an entry, as `attachments` has them one by one.
ALTER TABLE entries ADD COLUMN attachments TEXT;
-- Of a message: the channel's id of it.
ALTER TABLE entries ADD COLUMN external_id TEXT;

-- Up to which entry an advisor has opened the conversation.
ALTER TABLE conversations ADD COLUMN read_nr INTEGER NOT NULL DEFAULT 0;

-- JSON of what goes with an item.
ALTER TABLE outbound ADD COLUMN buttons TEXT;
ALTER TABLE outbound ADD COLUMN attachments TEXT;

-- A survey's question, for the chat page.
CREATE INDEX outbound_by_survey ON outbound (id) WHERE kind = 'survey';

-- Items that a provider has not taken yet.
CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY REFERENCES outbound (seq),
    channel_id TEXT NOT NULL REFERENCES channels (id),
    conversation_id TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_tried_at INTEGER,
    due_at INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_by_conversation ON deliveries (conversation_id, seq);
CREATE INDEX deliveries_by_time ON deliveries (due_at);
CREATE INDEX deliveries_by_channel ON deliveries (channel_id, due_at);

-- Signatures seen lately: each is good once.
CREATE TABLE webhook_signatures (
    channel_id TEXT NOT NULL,
    signature BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel_id, signature)
) STRICT, WITHOUT ROWID;

-- Files lie beside this one, by what they contain; several rows may share a content.
CREATE TABLE attachments (
    id TEXT PRIMARY KEY,
    -- SHA-256 in hexadecimal: the file's name.
    content TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- Who may use it: a user, a channel's connector or a visitor of the chat page.
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'channel', 'visitor')),
    owner_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The entry that it went with; NULL: not used yet.
    entry_nr INTEGER REFERENCES entries (nr)
) STRICT, WITHOUT ROWID;

CREATE INDEX attachments_by_content ON attachments (content);
CREATE INDEX attachments_by_entry ON attachments (entry_nr) WHERE entry_nr IS NOT NULL;
CREATE INDEX attachments_unused ON attachments (at) WHERE entry_nr IS NULL;

-- Whoever has the token is the visitor.
CREATE TABLE visitors (
    token_hash BLOB PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT,
    created_at INTEGER NOT NULL,
    -- Up to which entry they have seen what was answered.
    seen_nr INTEGER NOT NULL DEFAULT 0,
    UNIQUE (channel_id, external_id)
) STRICT, WITHOUT ROWID;
