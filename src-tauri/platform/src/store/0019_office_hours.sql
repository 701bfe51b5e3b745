-- Office hours that do not hold any more, for figures of their time: each row held until then, from the row before on. Those
-- that hold now are in `office_hours`, with the workspace's time zone.
CREATE TABLE former_office_hours (
    until INTEGER PRIMARY KEY,
    -- IANA name.
    time_zone TEXT NOT NULL,
    -- JSON, as in `office_hours`.
    hours TEXT NOT NULL
) STRICT;
