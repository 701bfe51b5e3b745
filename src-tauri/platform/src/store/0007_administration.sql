-- What admins keep in order. Each document counts its changes; one that was never changed has no row and the version 1.
CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by_id TEXT NOT NULL,
    changed_by_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE workspace ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE workspace ADD COLUMN default_language TEXT NOT NULL DEFAULT 'en';
-- Counts the changes of what /v1/directory tells.
ALTER TABLE workspace ADD COLUMN directory_version INTEGER NOT NULL DEFAULT 1;

-- When somebody is there to answer, as JSON; no row: always.
CREATE TABLE office_hours (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    hours TEXT NOT NULL
) STRICT;

-- Tags get an identity of their own: a renamed one is the same tag. Conversations keep the name that they were given, and
-- former_tag_names says what it is called today.
CREATE TABLE tags_with_ids (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    mandatory INTEGER NOT NULL,
    -- Not offered any more; stays where it is.
    archived INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO tags_with_ids (id, name, position, mandatory)
    SELECT 'tag_' || printf('%04d', position), name, position, mandatory FROM tags;
DROP TABLE tags;
ALTER TABLE tags_with_ids RENAME TO tags;

CREATE TABLE former_tag_names (
    name TEXT PRIMARY KEY,
    tag_id TEXT NOT NULL REFERENCES tags (id)
) STRICT, WITHOUT ROWID;

-- NULL: for all teams.
ALTER TABLE canned_replies ADD COLUMN team_id TEXT REFERENCES teams (id);
