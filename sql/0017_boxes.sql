-- Boxes that people hand files into; each sees his own, who keeps order in the chat sees all.

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

-- The media row is an attachment of no chat: /media shows it to nobody but those who may see it here.
CREATE TABLE box_files (
    box_id   INTEGER NOT NULL REFERENCES boxes (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    media_id INTEGER NOT NULL REFERENCES media (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    PRIMARY KEY (box_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX box_files_by_user ON box_files (user_id);
CREATE UNIQUE INDEX box_files_by_media ON box_files (media_id);
