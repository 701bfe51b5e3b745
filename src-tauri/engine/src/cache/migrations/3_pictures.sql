-- Pictures of timelines, as they were drawn for the screen. Bounded: what was not shown for the longest goes first.

CREATE TABLE pictures (
    attachment_id TEXT NOT NULL,
    side INTEGER NOT NULL, -- the longest side that was asked for
    conversation_id TEXT NOT NULL,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    used_at INTEGER NOT NULL, -- milliseconds since 1970, to the day
    bytes BLOB NOT NULL,
    PRIMARY KEY (attachment_id, side)
) STRICT;

CREATE INDEX pictures_by_use ON pictures (used_at);
CREATE INDEX pictures_by_conversation ON pictures (conversation_id);
