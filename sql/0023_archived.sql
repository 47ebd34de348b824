-- A group that is put away: read, and not written in, until it is brought back.

ALTER TABLE chats ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
