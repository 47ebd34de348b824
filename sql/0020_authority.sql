-- HTTPS where no public authority reaches: the one of this file, made at the first start with it. Devices trust its certificate;
-- its key signs the server's own and leaves the file only with the file.
CREATE TABLE authority (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    name        TEXT    NOT NULL, -- as devices list it
    host        TEXT    NOT NULL, -- this computer's name when it was made, which it may speak for; empty: none
    key         BLOB    NOT NULL, -- PKCS #8
    certificate BLOB    NOT NULL, -- DER
    until       INTEGER NOT NULL  -- when it ends
) STRICT;
