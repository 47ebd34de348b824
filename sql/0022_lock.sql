-- A door that is locked for a while: nobody new comes in, and what is set for when it is open stays as it is.

ALTER TABLE house ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));
