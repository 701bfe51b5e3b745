-- Files that came or went with an entry.

ALTER TABLE entries ADD COLUMN attachments TEXT; -- JSON
