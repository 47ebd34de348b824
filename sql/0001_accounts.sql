-- People, their sessions, and what the server keeps about itself.
PRAGMA application_id = 0x4D534752; -- 'MSGR': tells our file from another program's

-- One value a name: 'epoch' (changes when a backup is restored), 'jwt_key' (256 bits).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL UNIQUE, -- folded and de-confused: look-alikes collide here
    email        TEXT    NOT NULL DEFAULT '',
    email_key    TEXT    UNIQUE,          -- folded; NULL where there is no address
    first_name   TEXT    NOT NULL DEFAULT '',
    last_name    TEXT    NOT NULL DEFAULT '',
    name_key     TEXT    NOT NULL DEFAULT '', -- all three names folded, for the directory's search
    password     TEXT    NOT NULL,        -- pbkdf2_sha256$iterations$salt$hash
    picture_id   INTEGER REFERENCES media (id) ON DELETE SET NULL,
    host         INTEGER NOT NULL DEFAULT 0,
    active       INTEGER NOT NULL DEFAULT 1,
    last_online  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_by_username ON users (username);
CREATE INDEX users_by_picture ON users (picture_id) WHERE picture_id IS NOT NULL;

-- A signed-in device. Only two refresh tokens of a session can ever be right: the fresh one, and the one it was
-- got for, shown again because the answer was lost. Any other is a replay.
CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    fresh_jti    TEXT    NOT NULL,
    parent_jti   TEXT,
    device       TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

-- At most one password reset code a person; only its SHA-256 is kept.
CREATE TABLE reset_codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    code_hash  BLOB    NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT;
