-- A chat's photos and files in their order: the history of those alone is a range of this, and so is its count. A deleted
-- message has neither.
CREATE INDEX messages_with_media ON messages (chat_id, seq, from_user, photo_id, file_id)
WHERE photo_id IS NOT NULL OR file_id IS NOT NULL;
