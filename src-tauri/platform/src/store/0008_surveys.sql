-- What surveys ask, per channel. A survey that was sent keeps the form that it was sent with.
CREATE TABLE survey_forms (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id TEXT NOT NULL REFERENCES channels (id),
    -- The texts as JSON; see surveys/form.rs.
    form TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

ALTER TABLE channels ADD COLUMN survey_paused INTEGER NOT NULL DEFAULT 0;
-- NULL: the workspace's.
ALTER TABLE channels ADD COLUMN survey_quiet_days INTEGER;
-- NULL: our own words.
ALTER TABLE channels ADD COLUMN survey_form_nr INTEGER REFERENCES survey_forms (nr);

-- A rating counts for the channel, the team and the advisor of the reply that the survey was sent with, whatever becomes of
-- the conversation and of the customer.
ALTER TABLE surveys ADD COLUMN channel_id TEXT NOT NULL DEFAULT '';
ALTER TABLE surveys ADD COLUMN team_id TEXT;
ALTER TABLE surveys ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE surveys ADD COLUMN author_name TEXT NOT NULL DEFAULT '';
ALTER TABLE surveys ADD COLUMN language TEXT;
ALTER TABLE surveys ADD COLUMN form_nr INTEGER REFERENCES survey_forms (nr);
UPDATE surveys SET (channel_id, team_id, language) = (
    SELECT c.channel_id, c.team_id, cu.language
    FROM conversations c JOIN customers cu ON cu.id = c.customer_id WHERE c.nr = surveys.conversation_nr
);
UPDATE surveys SET (author_id, author_name) = (
    SELECT coalesce(max(n.author_id), ''), coalesce(max(n.author_name), '') FROM entries n
    WHERE n.conversation_nr = surveys.conversation_nr AND n.event ->> 'survey_id' = surveys.id
        AND n.event ->> 'type' = 'survey-sent'
);

-- Apart from the ratings: comments are a person's words and can be erased, the figures stay.
CREATE TABLE survey_comments (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    survey_id TEXT NOT NULL UNIQUE REFERENCES surveys (id),
    text TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO survey_comments (survey_id, text, at)
    SELECT id, comment, answered_at FROM surveys WHERE comment <> '' ORDER BY answered_at;
ALTER TABLE surveys DROP COLUMN comment;

CREATE VIRTUAL TABLE survey_words USING fts5 (
    text, content = 'survey_comments', content_rowid = 'nr', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO survey_words (survey_words) VALUES ('rebuild');
-- What was erased must not be found in the file either.
INSERT INTO survey_words (survey_words, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER survey_comments_are_found AFTER INSERT ON survey_comments
BEGIN
    INSERT INTO survey_words (rowid, text) VALUES (new.nr, new.text);
END;
CREATE TRIGGER survey_comments_are_forgotten AFTER DELETE ON survey_comments
BEGIN
    INSERT INTO survey_words (survey_words, rowid, text) VALUES ('delete', old.nr, old.text);
END;
CREATE TRIGGER survey_comments_are_reworded AFTER UPDATE OF text ON survey_comments
BEGIN
    INSERT INTO survey_words (survey_words, rowid, text) VALUES ('delete', old.nr, old.text);
    INSERT INTO survey_words (rowid, text) VALUES (new.nr, new.text);
END;

CREATE INDEX surveys_by_time ON surveys (sent_at);
CREATE INDEX surveys_by_conversation ON surveys (conversation_nr);

-- D10: what was decided when a survey was due, and what of.
CREATE TABLE survey_decisions (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_nr INTEGER NOT NULL REFERENCES conversations (nr),
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    -- JSON
    facts TEXT NOT NULL
) STRICT;
CREATE INDEX survey_decisions_by_conversation ON survey_decisions (conversation_nr, nr);
