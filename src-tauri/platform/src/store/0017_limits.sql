-- What visitors uploaded and did not send yet is added up at each upload.
CREATE INDEX attachments_unused_by_owner ON attachments (owner_kind, owner_id, size) WHERE entry_nr IS NULL;
