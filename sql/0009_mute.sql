-- A member may mute a chat for himself: nothing about it is kept back from him, his devices just keep quiet.
ALTER TABLE members ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
