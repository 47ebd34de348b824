-- Who bade that all that somebody wrote is taken away, for as long as some of it is there: a start goes on with it.

ALTER TABLE users ADD COLUMN removing_by INTEGER REFERENCES users (id) ON DELETE SET NULL;

CREATE INDEX users_by_removing ON users (removing_by) WHERE removing_by IS NOT NULL;
