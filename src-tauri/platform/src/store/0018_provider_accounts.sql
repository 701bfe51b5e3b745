-- Each binding to an account at the provider gets a name of its own, with which an admin can take it back.

ALTER TABLE provider_subjects ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE provider_subjects SET id = 'binding_' || lower(hex(randomblob(16)));
CREATE UNIQUE INDEX provider_subjects_by_id ON provider_subjects (id);
CREATE INDEX provider_subjects_by_user ON provider_subjects (user_id);
