CREATE TABLE tokens (hash BLOB PRIMARY KEY, user_id TEXT NOT NULL);
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, channel TEXT NOT NULL, customer TEXT NOT NULL, status TEXT NOT NULL, assignee TEXT,
    opened_at INTEGER NOT NULL, closed_at INTEGER, closed_by TEXT, last_customer_message_id TEXT, version INTEGER NOT NULL
);
CREATE INDEX conversations_by_status ON conversations (status);
CREATE UNIQUE INDEX one_open ON conversations (customer) WHERE status = 'open';
CREATE TABLE messages (
    id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL,
    client_key TEXT, at INTEGER NOT NULL
);
CREATE INDEX messages_by_conversation ON messages (conversation_id);
CREATE TABLE actions (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, author TEXT NOT NULL, conversation_id TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX actions_by_time ON actions (at);
CREATE TABLE outbound (seq INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, message_id TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE idempotency (
    user_id TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, body TEXT NOT NULL, PRIMARY KEY (user_id, key)
);
