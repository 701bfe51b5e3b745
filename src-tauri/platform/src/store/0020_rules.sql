-- Rules for new conversations that wait, or have waited, until the scenario came to rest.
CREATE TABLE routing_waits (
    conversation_nr INTEGER PRIMARY KEY REFERENCES conversations (nr) ON DELETE CASCADE,
    -- The newest entry when they were tried, and the time then; NULL: they wait.
    tried_nr INTEGER,
    tried_at INTEGER
) STRICT;

-- Delays that are over are found however many calls are due.
CREATE INDEX scenario_delays_by_due ON scenario_pending (due_at) WHERE request IS NULL;

-- D10: a survey that the channel could not deliver counts as none.
ALTER TABLE surveys ADD COLUMN failed_at INTEGER;
