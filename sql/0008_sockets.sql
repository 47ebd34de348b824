-- A message knows the event that told of its sending: a retry over a socket is acknowledged as the first try was.
ALTER TABLE messages ADD COLUMN event_id INTEGER;
CREATE INDEX events_by_message ON events (message_id) WHERE kind = 'message.created';
UPDATE messages SET event_id = (
    SELECT min(id) FROM events WHERE events.message_id = messages.id AND kind = 'message.created'
);
DROP INDEX events_by_message;
