-- Generated from the migrations beside this file, for readers. Not run.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL UNIQUE, -- folded and de-confused: look-alikes collide here
    email        TEXT    NOT NULL DEFAULT '',
    email_key    TEXT    UNIQUE,          -- folded; NULL where there is no address
    first_name   TEXT    NOT NULL DEFAULT '',
    last_name    TEXT    NOT NULL DEFAULT '',
    name_key     TEXT    NOT NULL DEFAULT '', -- all three names folded, for the directory's search
    password     TEXT    NOT NULL,        -- pbkdf2_sha256$iterations$salt$hash
    picture_id   INTEGER REFERENCES media (id) ON DELETE SET NULL,
    active       INTEGER NOT NULL DEFAULT 1,
    last_online  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
, role INTEGER NOT NULL DEFAULT 1, silenced_until INTEGER, leaves_at INTEGER, guest_key TEXT, deleted INTEGER NOT NULL DEFAULT 0, removing_by INTEGER REFERENCES users (id) ON DELETE SET NULL) STRICT;

CREATE UNIQUE INDEX users_by_username ON users (username);

CREATE INDEX users_by_picture ON users (picture_id) WHERE picture_id IS NOT NULL;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    fresh_jti    TEXT    NOT NULL,
    parent_jti   TEXT,
    device       TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE reset_codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    code_hash  BLOB    NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    user_id    INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL: the address was unknown, nothing to send
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_by_due ON outbox (due_at);

CREATE UNIQUE INDEX outbox_by_user ON outbox (user_id, kind);

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
, bytes_of INTEGER) STRICT;

CREATE INDEX media_by_chat ON media (chat_id) WHERE chat_id IS NOT NULL;

CREATE INDEX media_pending ON media (created_at) WHERE purpose = 'pending';

CREATE TABLE media_chunks (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE media_trash (
    media_id INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE chats (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,            -- folded, for the search in names
    type       TEXT    NOT NULL,            -- as the client called it
    private    INTEGER NOT NULL,
    low_user   INTEGER REFERENCES users (id), -- the two of a private chat, the smaller id first
    high_user  INTEGER REFERENCES users (id),
    owner_id   INTEGER REFERENCES users (id),
    picture_id INTEGER REFERENCES media (id) ON DELETE SET NULL,
    last_seq   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL, announces INTEGER NOT NULL DEFAULT 0, approves INTEGER NOT NULL DEFAULT 0, retention_days INTEGER, emptied_seq    INTEGER NOT NULL DEFAULT 0, made_by INTEGER REFERENCES users (id) ON DELETE SET NULL, client_id TEXT, fingerprint BLOB, archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    UNIQUE (low_user, high_user)
) STRICT;

CREATE INDEX chats_by_picture ON chats (picture_id) WHERE picture_id IS NOT NULL;

CREATE TABLE members (
    chat_id   INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    read_seq  INTEGER NOT NULL,
    joined_at INTEGER NOT NULL, muted INTEGER NOT NULL DEFAULT 0, hand_at INTEGER, sent_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user_id, chat_id);

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
, event_id INTEGER, removed_by INTEGER REFERENCES users (id)) STRICT;

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

CREATE TABLE 'messages_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'messages_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'messages_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'messages_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    chat_id    INTEGER,
    user_id    INTEGER,
    message_id INTEGER,
    at         INTEGER NOT NULL
) STRICT;

CREATE TABLE messages_indexed (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL                   -- id of the last message that is in messages_fts
) STRICT;

CREATE TRIGGER messages_removed AFTER DELETE ON messages
WHEN old.id <= (SELECT upto FROM messages_indexed) BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;

CREATE TRIGGER messages_reworded AFTER UPDATE OF text ON messages
WHEN old.text <> new.text AND old.id <= (SELECT upto FROM messages_indexed) BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;

CREATE TABLE links (
    chat_id    INTEGER PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
    code       TEXT    NOT NULL UNIQUE,     -- 22 random letters and digits
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_with_media ON messages (chat_id, seq, from_user, photo_id, file_id)
WHERE photo_id IS NOT NULL OR file_id IS NOT NULL;

CREATE TABLE house (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    name          TEXT    NOT NULL DEFAULT '',                -- empty: as the settings have it
    registration  TEXT    NOT NULL DEFAULT 'open' CHECK (registration IN ('open', 'code', 'closed')),
    class_code    TEXT    NOT NULL DEFAULT '',
    guests        INTEGER NOT NULL DEFAULT 0,                 -- whether a name is enough to come in
    guest_hours   INTEGER NOT NULL DEFAULT 12,
    roster        INTEGER NOT NULL DEFAULT 0,                 -- whether the door shows the roster's names
    frozen        INTEGER NOT NULL DEFAULT 0,                 -- whether only staff may write
    frozen_until  INTEGER,                                    -- until then; NULL: until it is undone
    slow_seconds  INTEGER NOT NULL DEFAULT 0,                 -- between two messages of a person in a chat
    files         INTEGER NOT NULL DEFAULT 1,                 -- whether others than staff may send files
    private_chats TEXT    NOT NULL DEFAULT 'everyone' CHECK (private_chats IN ('everyone', 'staff', 'off'))
, everyone      INTEGER NOT NULL DEFAULT 1, everyone_chat INTEGER REFERENCES chats (id) ON DELETE SET NULL, wifi_name     TEXT NOT NULL DEFAULT '', wifi_password TEXT NOT NULL DEFAULT '', locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1))) STRICT;

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

CREATE INDEX users_by_role ON users (role) WHERE role >= 2;

CREATE UNIQUE INDEX users_by_guest_key ON users (guest_key) WHERE guest_key IS NOT NULL;

CREATE INDEX users_by_leaving ON users (leaves_at) WHERE leaves_at IS NOT NULL;

CREATE TABLE roster (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    pin     TEXT    NOT NULL                                  -- hashed like a password, with fewer rounds
) STRICT;

CREATE INDEX chats_with_retention ON chats (id) WHERE retention_days IS NOT NULL;

CREATE TABLE boxes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id  INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    title    TEXT    NOT NULL,
    due      INTEGER,                    -- what comes after it is late, and taken all the same
    closed   INTEGER NOT NULL DEFAULT 0, -- nothing is taken any more
    made_by  INTEGER REFERENCES users (id) ON DELETE SET NULL,
    made_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX boxes_by_chat ON boxes (chat_id, id);

CREATE INDEX boxes_by_maker ON boxes (made_by) WHERE made_by IS NOT NULL;

CREATE TABLE box_files (
    box_id   INTEGER NOT NULL REFERENCES boxes (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    media_id INTEGER NOT NULL REFERENCES media (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    PRIMARY KEY (box_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX box_files_by_user ON box_files (user_id);

CREATE UNIQUE INDEX box_files_by_media ON box_files (media_id);

CREATE INDEX media_by_bytes ON media (bytes_of) WHERE bytes_of IS NOT NULL;

CREATE INDEX media_by_owner ON media (owner_id, size, bytes_of);

CREATE TRIGGER media_deleted AFTER DELETE ON media
WHEN NOT EXISTS (SELECT 1 FROM media WHERE id = coalesce(old.bytes_of, old.id))
 AND NOT EXISTS (SELECT 1 FROM media WHERE bytes_of = coalesce(old.bytes_of, old.id))
BEGIN
    INSERT OR IGNORE INTO media_trash (media_id) VALUES (coalesce(old.bytes_of, old.id));
END;

CREATE TABLE authority (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    name        TEXT    NOT NULL, -- as devices list it
    host        TEXT    NOT NULL, -- this computer's name when it was made, which it may speak for; empty: none
    key         BLOB    NOT NULL, -- PKCS #8
    certificate BLOB    NOT NULL, -- DER
    until       INTEGER NOT NULL  -- when it ends
) STRICT;

CREATE UNIQUE INDEX chats_by_client_id ON chats (made_by, client_id) WHERE client_id IS NOT NULL;

CREATE INDEX users_by_removing ON users (removing_by) WHERE removing_by IS NOT NULL;
