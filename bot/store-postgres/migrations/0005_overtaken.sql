-- Attempts of a job that came to nothing only because somebody else was quicker.
-- They are among its attempts, and none of its failures. The same as in store-sqlite.
ALTER TABLE job ADD COLUMN overtaken BIGINT NOT NULL DEFAULT 0;
