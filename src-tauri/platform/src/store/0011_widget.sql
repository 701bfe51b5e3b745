-- R12: the CRMs that may embed conversations, and the tokens that their pages hold.

CREATE TABLE widget_applications (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- JSON array of web origins.
    origins TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by_id TEXT NOT NULL,
    created_by_name TEXT NOT NULL,
    -- SHA-256. The former one is taken until its time is over.
    secret_hash BLOB NOT NULL UNIQUE,
    secret_made_at INTEGER NOT NULL,
    former_secret_hash BLOB,
    former_secret_until INTEGER,
    last_used_at INTEGER,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX widget_applications_by_former_secret ON widget_applications (former_secret_hash)
WHERE former_secret_hash IS NOT NULL;

CREATE TABLE widget_tokens (
    token_hash BLOB PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES widget_applications (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX widget_tokens_by_application ON widget_tokens (application_id, expires_at);
