-- Guests, who come in with a name only, and the roster, from which one chooses one's name.

ALTER TABLE users ADD COLUMN guest_key TEXT;                  -- a guest's name as it is compared, while he is here
CREATE UNIQUE INDEX users_by_guest_key ON users (guest_key) WHERE guest_key IS NOT NULL;
CREATE INDEX users_by_leaving ON users (leaves_at) WHERE leaves_at IS NOT NULL;

CREATE TABLE roster (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    pin     TEXT    NOT NULL                                  -- hashed like a password, with fewer rounds
) STRICT;
