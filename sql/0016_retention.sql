-- How long a chat keeps what was said in it. What is older loses its content as a deleted message does; rows stay, so that
-- seq has no hole.
ALTER TABLE chats ADD COLUMN retention_days INTEGER;              -- NULL: for ever
ALTER TABLE chats ADD COLUMN emptied_seq    INTEGER NOT NULL DEFAULT 0; -- up to it nothing is left to take away
CREATE INDEX chats_with_retention ON chats (id) WHERE retention_days IS NOT NULL;
