-- The event log: what happened, in the order of commits, written in the transaction that did it. It names rows and
-- does not copy them: a replay shows the object as it is now.
CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    chat_id    INTEGER,
    user_id    INTEGER,
    message_id INTEGER,
    at         INTEGER NOT NULL
) STRICT;
