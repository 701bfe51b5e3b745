-- Which files a channel takes with a reply.

ALTER TABLE channels ADD COLUMN attachments TEXT; -- JSON; NULL: none, or not known yet
