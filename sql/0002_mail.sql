-- Mail that is still to be sent. The row names what to say and to whom; the text, and a reset code in it, is made
-- when it leaves, so that no code lies here in the clear.
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
