-- Attempts of a job that came to nothing only because somebody else was quicker.
-- They are among its attempts, and none of its failures. The same as in store-postgres.
ALTER TABLE job ADD COLUMN overtaken INTEGER NOT NULL DEFAULT 0;
