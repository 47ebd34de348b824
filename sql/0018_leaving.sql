-- Who has deleted his account keeps his row, without name, address, picture and password: what he wrote stays in the chats of
-- the others, and stands there as written by a deleted account.
ALTER TABLE users ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
