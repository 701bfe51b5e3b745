-- Full-text search over what customers and advisors wrote, and over the customers' names. The index holds no text of its own: it points at
-- the entries, and what disappears or changes there disappears or changes in it with the same transaction.

CREATE VIEW searchable (nr, text, customer) AS
SELECT nr, text, CASE author_kind WHEN 'customer' THEN author_name END
FROM entries WHERE kind IN ('message', 'reply', 'note');

CREATE VIRTUAL TABLE search USING fts5 (
    text, customer,
    content = 'searchable', content_rowid = 'nr',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- What is deleted is overwritten and not only marked: an erased text can be read from nowhere any more.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Entries are indexed a moment after they were written, many at a time: see index.rs.
CREATE TABLE search_progress (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    indexed_to INTEGER NOT NULL
) STRICT;

INSERT INTO search_progress (only_row, indexed_to) VALUES (1, 0);

CREATE TRIGGER search_forgets_entry AFTER DELETE ON entries
WHEN old.kind IN ('message', 'reply', 'note') AND old.nr <= (SELECT indexed_to FROM search_progress)
BEGIN
    INSERT INTO search (search, rowid, text, customer)
    VALUES ('delete', old.nr, old.text, CASE old.author_kind WHEN 'customer' THEN old.author_name END);
END;

CREATE TRIGGER search_follows_entry AFTER UPDATE OF text, author_name ON entries
WHEN old.kind IN ('message', 'reply', 'note') AND old.nr <= (SELECT indexed_to FROM search_progress)
BEGIN
    INSERT INTO search (search, rowid, text, customer)
    VALUES ('delete', old.nr, old.text, CASE old.author_kind WHEN 'customer' THEN old.author_name END);
    INSERT INTO search (rowid, text, customer)
    VALUES (new.nr, new.text, CASE new.author_kind WHEN 'customer' THEN new.author_name END);
END;
