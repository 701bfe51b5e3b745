-- Days that are over, added up once for each time zone that figures are asked in. Everything here can be computed again from
-- the actions, and is: whoever records an action in such a day takes the day away.
CREATE TABLE sealed_days (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    -- IANA name.
    zone TEXT NOT NULL,
    -- Days since 1970-01-01, in the zone.
    day INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    UNIQUE (zone, day)
) STRICT;

CREATE INDEX sealed_days_by_end ON sealed_days (ends_at, starts_at);

-- Actions of a day: once for each author, and once for all together with the author ''.
CREATE TABLE sealed_actions (
    day_nr INTEGER NOT NULL REFERENCES sealed_days (nr) ON DELETE CASCADE,
    author_id TEXT NOT NULL,
    author_is_bot INTEGER NOT NULL,
    author_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    -- "none" where there is none.
    team_id TEXT NOT NULL,
    actions INTEGER NOT NULL,
    -- The numbers of the conversations, where the column is about conversations; see figures/numbers.rs.
    conversations BLOB,
    PRIMARY KEY (day_nr, author_id, author_is_bot, kind, channel_id, team_id)
) STRICT, WITHOUT ROWID;

-- First answers by people on a day.
CREATE TABLE sealed_first_answers (
    day_nr INTEGER NOT NULL REFERENCES sealed_days (nr) ON DELETE CASCADE,
    author_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    -- For each: how long after the day's beginning, and how long it took, both in milliseconds; see figures/numbers.rs.
    answers BLOB NOT NULL,
    PRIMARY KEY (day_nr, author_id, channel_id, team_id)
) STRICT, WITHOUT ROWID;
