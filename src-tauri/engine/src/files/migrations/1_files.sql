-- Files that go with replies, until the platform has them. In pieces: a broken page costs one file, and an upload holds one piece at a time.

CREATE TABLE files (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL, -- workspace and person: a file is nobody else's
    conversation_id TEXT NOT NULL,
    entry_key TEXT, -- the outbox's entry that it goes with; NULL: the draft's
    position INTEGER NOT NULL, -- among all files, in the order in which they were attached
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL, -- in bytes
    uploaded_id TEXT, -- the platform's id; once an attempt has named it, every later one does
    lost INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1, 2)) -- 1: the platform did not know the id any more; 2: uploaded once more since
) STRICT;

CREATE INDEX files_of_drafts ON files (owner, conversation_id, position) WHERE entry_key IS NULL;
CREATE INDEX files_of_entries ON files (entry_key) WHERE entry_key IS NOT NULL;

CREATE TABLE file_pieces (
    file_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;
