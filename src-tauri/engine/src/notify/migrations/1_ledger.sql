-- One row per event that a person could be told of, ever (D30). Times are milliseconds since 1970, UTC.

CREATE TABLE notifications (
    event TEXT NOT NULL PRIMARY KEY, -- what happened, in a name that is the same whenever it is heard of again
    kind TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    text TEXT, -- emptied once it is told
    recorded_at INTEGER NOT NULL,
    told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX notifications_untold ON notifications (recorded_at) WHERE told = 0;
CREATE INDEX notifications_by_age ON notifications (recorded_at) WHERE told = 1;
