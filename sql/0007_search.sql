-- The full-text index is written beside the sends and not in them; this is how far it has come. A message beyond it will
-- be indexed with the text it has then, so until then a change of its text is none of the index's business.
CREATE TABLE messages_indexed (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL                   -- id of the last message that is in messages_fts
) STRICT;
INSERT INTO messages_indexed (one, upto) SELECT 1, coalesce(max(id), 0) FROM messages;

DROP TRIGGER messages_inserted;
DROP TRIGGER messages_removed;
DROP TRIGGER messages_reworded;
CREATE TRIGGER messages_removed AFTER DELETE ON messages
WHEN old.id <= (SELECT upto FROM messages_indexed) BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_reworded AFTER UPDATE OF text ON messages
WHEN old.text <> new.text AND old.id <= (SELECT upto FROM messages_indexed) BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
