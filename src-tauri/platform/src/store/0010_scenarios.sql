-- Scenarios as documents with versions, and routing rules as one document. What older workspaces had is converted after this
-- (channels/old.rs), which empties `channels.scenario` and `old_routing_rules`.

CREATE TABLE scenarios (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- JSON, see the contract's ScenarioFlow.
    draft TEXT NOT NULL,
    -- Grows with every change of name, draft, channels or published version.
    version INTEGER NOT NULL,
    changed_at INTEGER,
    changed_by_id TEXT,
    changed_by_name TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario_versions (
    scenario_id TEXT NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    flow TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    published_by_id TEXT,
    published_by_name TEXT,
    PRIMARY KEY (scenario_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_scenarios (
    channel_id TEXT PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
    scenario_id TEXT NOT NULL REFERENCES scenarios (id)
) STRICT, WITHOUT ROWID;

-- Values of secret headers. They go out with a call and nowhere else.
CREATE TABLE scenario_secrets (
    id TEXT PRIMARY KEY,
    scenario_id TEXT NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What went wrong while a version ran.
CREATE TABLE scenario_troubles (
    scenario_id TEXT NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    step TEXT NOT NULL,
    code TEXT NOT NULL,
    times INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (scenario_id, version, step, code)
) STRICT, WITHOUT ROWID;

-- Variables belong to the customer and outlive conversations.
CREATE TABLE customer_variables (
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (customer_id, name)
) STRICT, WITHOUT ROWID;

-- JSON object: the labels of buttons that a customer was shown, and the step that showed each.
CREATE TABLE customer_buttons (
    customer_id TEXT PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    offered TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a scenario is in a conversation. `conversations.scenario_step` says whether it waits: an advisor's answer empties that.
CREATE TABLE scenario_positions (
    conversation_nr INTEGER PRIMARY KEY REFERENCES conversations (nr) ON DELETE CASCADE,
    scenario_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    waits_for TEXT CHECK (waits_for IN ('customer', 'answer', 'time')),
    tries INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    -- Grows whenever the scenario moves: what was set going at an earlier visit of a step finds that it is late.
    visit INTEGER NOT NULL
) STRICT;

CREATE INDEX scenario_positions_by_version ON scenario_positions (scenario_id, version);

-- Delays that are not over and calls that are not answered.
CREATE TABLE scenario_pending (
    conversation_nr INTEGER PRIMARY KEY REFERENCES conversations (nr) ON DELETE CASCADE,
    visit INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    -- JSON of the call; NULL: a delay.
    request TEXT,
    -- The Idempotency-Key of the call.
    key TEXT NOT NULL,
    -- Set before the first byte leaves: after a restart it is not known whether the call arrived.
    started_at INTEGER
) STRICT;

CREATE INDEX scenario_pending_by_due ON scenario_pending (due_at);

ALTER TABLE routing_rules RENAME TO old_routing_rules;

CREATE TABLE routing_rules (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- JSON array, in order.
    rules TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER,
    changed_by_id TEXT,
    changed_by_name TEXT
) STRICT;

INSERT INTO routing_rules (only_row, rules, version) VALUES (1, '[]', 1);

-- A rule answers once in a conversation.
CREATE TABLE routing_replies (
    conversation_nr INTEGER NOT NULL REFERENCES conversations (nr) ON DELETE CASCADE,
    rule_id TEXT NOT NULL,
    PRIMARY KEY (conversation_nr, rule_id)
) STRICT, WITHOUT ROWID;
