-- The version of a document that was never changed. Restoring a backup raises it like every other version: what somebody saw
-- before must not pass for what is there now.
ALTER TABLE workspace ADD COLUMN unchanged_version INTEGER NOT NULL DEFAULT 1;
