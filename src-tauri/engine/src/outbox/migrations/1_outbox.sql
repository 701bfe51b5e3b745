-- Times are milliseconds since 1970, UTC. AUTOINCREMENT: the order of the clicks is never reused.

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, -- the entry's id and its idempotency key, made at the click (D5)
    owner TEXT NOT NULL, -- workspace and person whose click it was
    conversation_id TEXT NOT NULL,

    -- The intent. The text stands apart from the payload, so that every version can read it.
    kind TEXT NOT NULL,
    payload_version INTEGER NOT NULL,
    payload TEXT NOT NULL, -- JSON
    text TEXT,
    clicked_at INTEGER NOT NULL,
    not_before INTEGER,

    -- Where it stands.
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'in_doubt', 'blocked', 'done', 'cancelled')),
    head INTEGER NOT NULL DEFAULT 0, -- 1: the oldest open entry of its conversation, the only one that is ever considered
    undo_requested INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    due_set_at INTEGER NOT NULL, -- when due_at was decided: a clock that is behind it has been set back
    retry_after_until INTEGER,
    first_attempt_at INTEGER, -- the key's retention counts from here
    tries_unreachable INTEGER NOT NULL DEFAULT 0,
    tries_in_doubt INTEGER NOT NULL DEFAULT 0,
    tries_unavailable INTEGER NOT NULL DEFAULT 0,
    tries_refused INTEGER NOT NULL DEFAULT 0,
    tries_in_row INTEGER NOT NULL DEFAULT 0, -- failures since the last answer that helped: the exponent of the next wait
    last_problem TEXT,
    blocked_code TEXT,
    blocked_newest_message_id TEXT,
    blocked_newer_conversation_id TEXT,
    waits_for_switch INTEGER NOT NULL DEFAULT 0, -- D8: goes on by itself when closing is switched on again

    -- How it ended.
    settled INTEGER, -- the how manieth to end
    receipt TEXT, -- JSON
    receipt_version INTEGER, -- the conversation's version that has the effect in it
    CHECK (head = 0 OR state IN ('queued', 'sending', 'in_doubt', 'blocked'))
) STRICT;

CREATE UNIQUE INDEX outbox_heads ON outbox (owner, conversation_id) WHERE head = 1;
CREATE INDEX outbox_due ON outbox (owner, due_at, seq) WHERE head = 1 AND state IN ('queued', 'in_doubt');
CREATE INDEX outbox_open ON outbox (owner, conversation_id, seq) WHERE state IN ('queued', 'sending', 'in_doubt', 'blocked');
CREATE INDEX outbox_settled ON outbox (settled) WHERE settled IS NOT NULL;
CREATE INDEX outbox_closes ON outbox (owner, conversation_id)
    WHERE kind = 'send_and_close' AND state IN ('queued', 'sending', 'in_doubt', 'blocked');
CREATE INDEX outbox_done ON outbox (owner, conversation_id, seq) WHERE state = 'done';
CREATE INDEX outbox_assignments ON outbox (owner, conversation_id, seq) WHERE kind IN ('assign', 'release');
CREATE INDEX outbox_by_conversation ON outbox (conversation_id, seq);
