-- Chats and who is in them.
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
    created_at INTEGER NOT NULL,
    UNIQUE (low_user, high_user)
) STRICT;
CREATE INDEX chats_by_picture ON chats (picture_id) WHERE picture_id IS NOT NULL;

-- unread = chats.last_seq - members.read_seq: a subtraction, never a COUNT.
CREATE TABLE members (
    chat_id   INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    read_seq  INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id, chat_id);
