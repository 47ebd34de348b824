-- Messages: seq counts 1, 2, 3 ... in a chat; a deleted one keeps its row and loses its content.
CREATE TABLE messages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    from_user   INTEGER NOT NULL REFERENCES users (id),
    text        TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    photo_id    INTEGER REFERENCES media (id) ON DELETE SET NULL,
    file_id     INTEGER REFERENCES media (id) ON DELETE SET NULL,
    client_id   TEXT,
    client_hash BLOB,                       -- SHA-256 of what was first sent under client_id
    reply_to    INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    edited_at   INTEGER,
    deleted     INTEGER NOT NULL DEFAULT 0,
    reacted     INTEGER NOT NULL DEFAULT 0  -- whether reactions has rows for it
) STRICT;
CREATE UNIQUE INDEX messages_by_chat ON messages (chat_id, seq);
CREATE UNIQUE INDEX messages_by_client ON messages (from_user, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX messages_by_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX messages_by_photo ON messages (photo_id) WHERE photo_id IS NOT NULL;
CREATE INDEX messages_by_file ON messages (file_id) WHERE file_id IS NOT NULL;

CREATE TABLE reactions (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    emoji      TEXT    NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_reworded AFTER UPDATE OF text ON messages WHEN old.text <> new.text BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
