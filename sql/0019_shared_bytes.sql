-- A file that stands in several chats is stored once: `bytes_of` is the media whose number the bytes have, which may be gone
-- itself. The bytes go with the last that has them.
ALTER TABLE media ADD COLUMN bytes_of INTEGER; -- none: bytes of its own
CREATE INDEX media_by_bytes ON media (bytes_of) WHERE bytes_of IS NOT NULL;
DROP INDEX media_by_owner;
CREATE INDEX media_by_owner ON media (owner_id, size, bytes_of);

DROP TRIGGER media_deleted;
CREATE TRIGGER media_deleted AFTER DELETE ON media
WHEN NOT EXISTS (SELECT 1 FROM media WHERE id = coalesce(old.bytes_of, old.id))
 AND NOT EXISTS (SELECT 1 FROM media WHERE bytes_of = coalesce(old.bytes_of, old.id))
BEGIN
    INSERT OR IGNORE INTO media_trash (media_id) VALUES (coalesce(old.bytes_of, old.id));
END;
