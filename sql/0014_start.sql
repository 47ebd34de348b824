-- What a room of people needs to come in: the group that everybody joins, and the Wi-Fi that the lobby shows.

ALTER TABLE house ADD COLUMN everyone      INTEGER NOT NULL DEFAULT 1; -- whether who registers joins that group
ALTER TABLE house ADD COLUMN everyone_chat INTEGER REFERENCES chats (id) ON DELETE SET NULL;
ALTER TABLE house ADD COLUMN wifi_name     TEXT NOT NULL DEFAULT '';   -- empty: no card
ALTER TABLE house ADD COLUMN wifi_password TEXT NOT NULL DEFAULT '';   -- empty: a network without one

-- Asked for at every look at the door: whether there is a host.
CREATE INDEX users_by_role ON users (role) WHERE role >= 2;
