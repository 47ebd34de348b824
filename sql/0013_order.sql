-- Keeping order: who may write where, what waits for a look, what was reported, and who did what about it.

ALTER TABLE chats ADD COLUMN announces INTEGER NOT NULL DEFAULT 0; -- only its owner and staff write
ALTER TABLE chats ADD COLUMN approves INTEGER NOT NULL DEFAULT 0;  -- what others write waits for one of those
ALTER TABLE members ADD COLUMN hand_at INTEGER;                    -- since when his hand is up
ALTER TABLE members ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0; -- when he last wrote, for slow mode
ALTER TABLE messages ADD COLUMN removed_by INTEGER REFERENCES users (id); -- who took it away, if not its author

CREATE INDEX members_by_hand ON members (chat_id, hand_at) WHERE hand_at IS NOT NULL;

CREATE TABLE held (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id     INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    from_user   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    text        TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    photo_id    INTEGER REFERENCES media (id) ON DELETE SET NULL,
    file_id     INTEGER REFERENCES media (id) ON DELETE SET NULL,
    client_id   TEXT,
    client_hash BLOB,
    reply_to    INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    refused     INTEGER NOT NULL DEFAULT 0 -- kept then, so that the same client_id is answered the same
) STRICT;

CREATE INDEX held_by_chat ON held (chat_id, id);
CREATE INDEX held_by_author ON held (from_user, id);
CREATE INDEX held_by_photo ON held (photo_id) WHERE photo_id IS NOT NULL;
CREATE INDEX held_by_file ON held (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX held_by_reply ON held (reply_to) WHERE reply_to IS NOT NULL;
CREATE UNIQUE INDEX held_by_client ON held (from_user, client_id) WHERE client_id IS NOT NULL;

CREATE TABLE reports (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    from_user  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    reason     TEXT    NOT NULL,
    text       TEXT    NOT NULL,           -- as it was when it was reported
    at         INTEGER NOT NULL,
    closed_at  INTEGER,
    closed_by  INTEGER REFERENCES users (id) ON DELETE SET NULL,
    removed    INTEGER NOT NULL DEFAULT 0, -- whether the message was taken away for it
    UNIQUE (message_id, from_user)
) STRICT;

CREATE INDEX reports_open ON reports (id) WHERE closed_at IS NULL;
CREATE INDEX reports_by_author ON reports (from_user);

CREATE TABLE deeds (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor_id   INTEGER REFERENCES users (id) ON DELETE SET NULL,
    deed       TEXT    NOT NULL,
    subject_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    chat_id    INTEGER REFERENCES chats (id) ON DELETE SET NULL,
    message_id INTEGER,
    note       TEXT    NOT NULL DEFAULT ''
) STRICT;
