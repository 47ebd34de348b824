-- Who somebody is in this house, and what its host has set while it runs.

ALTER TABLE users ADD COLUMN role INTEGER NOT NULL DEFAULT 1; -- 0 guest, 1 member, 2 staff, 3 host
UPDATE users SET role = 3 WHERE host;
ALTER TABLE users DROP COLUMN host;
ALTER TABLE users ADD COLUMN silenced_until INTEGER;          -- may not write before; NULL: may
ALTER TABLE users ADD COLUMN leaves_at INTEGER;               -- when a guest's time is over

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
) STRICT;

INSERT INTO house (one) VALUES (1);
