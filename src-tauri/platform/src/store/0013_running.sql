-- What running a workspace for years needs: erasure, and looking at queues without reading everything.

-- When the texts of a conversation went: with age, or because the customer asked.
ALTER TABLE conversations ADD COLUMN texts_erased_at INTEGER;
ALTER TABLE customers ADD COLUMN erased_at INTEGER;

CREATE INDEX conversations_with_texts ON conversations (closed_at) WHERE state = 'closed' AND texts_erased_at IS NULL;
CREATE INDEX entries_pending ON entries (conversation_nr) WHERE delivery_status = 'pending';
CREATE INDEX inbound_by_conversation ON inbound (conversation_id);
CREATE INDEX outbound_by_conversation ON outbound (conversation_id);
