-- Lists of a million conversations are read by index, in the order in which they are shown, whatever they are narrowed to.

CREATE INDEX conversations_by_opening ON conversations (opened_at, nr);
CREATE INDEX conversations_by_assignee ON conversations (assignee_id, opened_at, nr) WHERE assignee_id IS NOT NULL;
CREATE INDEX conversations_by_team ON conversations (team_id, opened_at, nr) WHERE team_id IS NOT NULL;
-- What somebody sees is counted by these two alone.
CREATE INDEX conversations_by_place ON conversations (channel_id, team_id);

-- What is old is forgotten from the oldest on.
CREATE INDEX idempotency_by_time ON idempotency (at);
CREATE INDEX sessions_by_end ON sessions (expires_at);
