-- Days whose daily export an admin has deleted: it is not made up for again.
CREATE TABLE exports_deleted (
    from_at INTEGER PRIMARY KEY
) STRICT;
