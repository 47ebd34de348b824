-- A group's link: who has the code may join. One a group; a code that was revoked is gone for good.
CREATE TABLE links (
    chat_id    INTEGER PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
    code       TEXT    NOT NULL UNIQUE,     -- 22 random letters and digits
    created_at INTEGER NOT NULL
) STRICT;
