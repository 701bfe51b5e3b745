-- What one may take of a large workspace, and what is found in it without reading all of it.

-- What visitors uploaded and did not send yet is added up at each upload.
CREATE INDEX attachments_unused_by_owner ON attachments (owner_kind, owner_id, size) WHERE entry_nr IS NULL;

-- What admins look at is what is open, however much was closed in the years before.
CREATE INDEX conversations_open_by_team ON conversations (team_id) WHERE state <> 'closed' AND team_id IS NOT NULL;
CREATE INDEX conversations_open_by_assignee ON conversations (assignee_id)
WHERE state <> 'closed' AND assignee_id IS NOT NULL;
CREATE INDEX conversations_in_scenario ON conversations (nr) WHERE scenario_step IS NOT NULL;

-- An erasure finds the copies of a conversation without reading everybody's.
CREATE INDEX events_by_conversation ON events (data ->> '$.conversation_id');
ALTER TABLE idempotency ADD COLUMN conversation_id TEXT;
UPDATE idempotency SET conversation_id = CAST(body AS TEXT) ->> '$.conversation_id' WHERE json_valid(CAST(body AS TEXT));
CREATE INDEX idempotency_by_conversation ON idempotency (conversation_id) WHERE conversation_id IS NOT NULL;

-- When somebody last asked for figures in a time zone: of those that have days added up, the one unused for longest makes room.
CREATE TABLE sealed_zones (
    zone TEXT PRIMARY KEY,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
