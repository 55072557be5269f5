-- What FuelSessions sends to this database through Microsoft.EntityFrameworkCore.Sqlite, written by its tests.

-- the table sessions
CREATE TABLE "sessions" (
    "session_key" BLOB NOT NULL CONSTRAINT "pk_sessions" PRIMARY KEY,
    "current_id" BLOB NOT NULL,
    "previous_id" BLOB NULL,
    "created" INTEGER NOT NULL,
    "updated" INTEGER NOT NULL,
    "expires" INTEGER NOT NULL,
    "principal" TEXT NULL,
    "version" INTEGER NOT NULL,
    "payload" BLOB NOT NULL
);
CREATE INDEX "ix_sessions_expires" ON "sessions" ("expires");
CREATE INDEX "ix_sessions_principal" ON "sessions" ("principal");

-- the table data_protection_keys
CREATE TABLE "data_protection_keys" (
    "id" BLOB NOT NULL CONSTRAINT "pk_data_protection_keys" PRIMARY KEY,
    "friendly_name" TEXT NULL,
    "xml" TEXT NOT NULL
);

-- the table oauth_tokens
CREATE TABLE "oauth_tokens" (
    "token_key" BLOB NOT NULL CONSTRAINT "pk_oauth_tokens" PRIMARY KEY,
    "client" TEXT NOT NULL,
    "access_token" TEXT NULL,
    "refresh_token" TEXT NULL,
    "issued_at" INTEGER NULL,
    "expires_at" INTEGER NULL,
    "refresh_expires_at" INTEGER NULL,
    "scope" TEXT NULL,
    "ref_type" TEXT NULL,
    "ref_id" TEXT NULL,
    "extra" TEXT NULL,
    "version" INTEGER NOT NULL,
    "ends_at" INTEGER NULL
);
CREATE INDEX "ix_oauth_tokens_ends_at" ON "oauth_tokens" ("ends_at");

-- a session is read
SELECT "expires", "payload" FROM "sessions" WHERE "session_key" = @session_key;
--   @session_key Binary

-- a session begins
INSERT INTO "sessions" ("session_key", "created", "current_id", "expires", "payload", "previous_id", "principal", "updated", "version") VALUES (@session_key, @created, @current_id, @expires, @payload, @previous_id, @principal, @updated, @version);
--   @session_key Binary, @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64

-- a session is saved
UPDATE "sessions" SET "current_id" = @current_id, "expires" = @expires, "payload" = @payload, "previous_id" = @previous_id, "principal" = @principal, "updated" = @updated, "version" = @version WHERE "session_key" = @session_key AND "version" = @expected_version AND "expires" > @now;
--   @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session is saved whose end and principal stay as they are
UPDATE "sessions" SET "current_id" = @current_id, "payload" = @payload, "previous_id" = @previous_id, "updated" = @updated, "version" = @version WHERE "session_key" = @session_key AND "version" = @expected_version AND "expires" > @now AND "expires" = @expires AND "principal" IS @principal;
--   @current_id Binary, @payload Binary, @previous_id Binary, @updated Int64, @version Int64, @session_key Binary, @expected_version Int64, @now Int64, @expires Int64, @principal String

-- a session begins in the place of one that has expired and was not removed yet
UPDATE "sessions" SET "created" = @created, "current_id" = @current_id, "expires" = @expires, "payload" = @payload, "previous_id" = @previous_id, "principal" = @principal, "updated" = @updated, "version" = @version WHERE "session_key" = @session_key AND "expires" <= @now;
--   @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @now Int64

-- a session is kept alive
UPDATE "sessions" SET "expires" = @expires WHERE "session_key" = @session_key AND "version" = @expected_version AND "expires" > @now AND "expires" < @expires;
--   @expires Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session is destroyed
DELETE FROM "sessions" WHERE "session_key" = @session_key AND "version" = @expected_version AND "expires" > @now;
--   @session_key Binary, @expected_version Int64, @now Int64

-- expired sessions are removed, some at a time
DELETE FROM "sessions" WHERE "session_key" IN (SELECT "session_key" FROM "sessions" WHERE "expires" <= @now ORDER BY "expires" LIMIT @limit) AND "expires" <= @now;
--   @now Int64, @limit Int64

-- the key ring is read
SELECT "xml" FROM "data_protection_keys";
--   

-- a key of the key ring is kept
INSERT INTO "data_protection_keys" ("id", "friendly_name", "xml") VALUES (@id, @friendly_name, @xml);
--   @id Binary, @friendly_name String, @xml String

-- a token is read
SELECT "token_key", "client", "access_token", "refresh_token", "issued_at", "expires_at", "refresh_expires_at", "scope", "ref_type", "ref_id", "extra", "version", "ends_at" FROM "oauth_tokens" WHERE "token_key" = @token_key;
--   @token_key Binary

-- a token is kept for the first time
INSERT INTO "oauth_tokens" ("token_key", "access_token", "client", "ends_at", "expires_at", "extra", "issued_at", "ref_id", "ref_type", "refresh_expires_at", "refresh_token", "scope", "version") VALUES (@token_key, @access_token, @client, @ends_at, @expires_at, @extra, @issued_at, @ref_id, @ref_type, @refresh_expires_at, @refresh_token, @scope, @version);
--   @token_key Binary, @access_token String, @client String, @ends_at Int64, @expires_at Int64, @extra String, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token String, @scope String, @version Int64

-- a token is renewed
UPDATE "oauth_tokens" SET "access_token" = @access_token, "ends_at" = @ends_at, "expires_at" = @expires_at, "extra" = @extra, "issued_at" = @issued_at, "ref_id" = @ref_id, "ref_type" = @ref_type, "refresh_expires_at" = @refresh_expires_at, "refresh_token" = @refresh_token, "scope" = @scope, "version" = @version WHERE "token_key" = @token_key AND "version" = @expected_version;
--   @access_token String, @ends_at Int64, @expires_at Int64, @extra String, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token String, @scope String, @version Int64, @token_key Binary, @expected_version Int64

-- a token is forgotten
DELETE FROM "oauth_tokens" WHERE "token_key" = @token_key AND "version" = @expected_version;
--   @token_key Binary, @expected_version Int64

-- which token won
SELECT "version" FROM "oauth_tokens" WHERE "token_key" = @token_key;
--   @token_key Binary

-- tokens that have ended are removed, some at a time
DELETE FROM "oauth_tokens" WHERE "token_key" IN (SELECT "token_key" FROM "oauth_tokens" WHERE "ends_at" <= @now ORDER BY "ends_at" LIMIT @limit) AND "ends_at" <= @now;
--   @now Int64, @limit Int64
