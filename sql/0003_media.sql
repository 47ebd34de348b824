-- Pictures and files. The bytes stand in rows of 256 KiB, so that any size streams through constant memory.
CREATE TABLE media (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT    NOT NULL UNIQUE,   -- 128 random bits in hex: the address
    owner_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose      TEXT    NOT NULL CHECK (purpose IN ('pending', 'attachment', 'portrait')),
    chat_id      INTEGER REFERENCES chats (id), -- the chat that holds an attachment
    name         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,          -- what it is served as: checked by us, never the sender's word
    size         INTEGER NOT NULL,
    sha256       BLOB    NOT NULL,
    width        INTEGER,
    height       INTEGER,
    created_at   INTEGER NOT NULL,
    thumb_type   TEXT,
    thumb        BLOB
) STRICT;
CREATE INDEX media_by_owner ON media (owner_id, size);
CREATE INDEX media_by_chat ON media (chat_id) WHERE chat_id IS NOT NULL;
CREATE INDEX media_pending ON media (created_at) WHERE purpose = 'pending';

-- id = media id * 2^20 + number of the chunk: one tree, read in order; at most 256 GiB a file.
CREATE TABLE media_chunks (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Media whose row is gone and whose bytes are still to be deleted, some at a time.
CREATE TABLE media_trash (
    media_id INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER media_deleted AFTER DELETE ON media BEGIN
    INSERT OR IGNORE INTO media_trash (media_id) VALUES (old.id);
END;
