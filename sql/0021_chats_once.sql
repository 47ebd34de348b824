-- A chat that is asked for again, since the answer was lost, is the same chat.
ALTER TABLE chats ADD COLUMN made_by INTEGER REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE chats ADD COLUMN client_id TEXT; -- of his choice
ALTER TABLE chats ADD COLUMN fingerprint BLOB; -- a hash of what he asked for
CREATE UNIQUE INDEX chats_by_client_id ON chats (made_by, client_id) WHERE client_id IS NOT NULL;
