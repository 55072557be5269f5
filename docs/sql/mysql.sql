-- What FuelSessions sends to this database through MySql.EntityFrameworkCore, written by its tests.

-- the table sessions
CREATE TABLE `sessions` (
    `session_key` binary(16) NOT NULL,
    `current_id` binary(16) NOT NULL,
    `previous_id` binary(16) NULL,
    `created` bigint NOT NULL,
    `updated` bigint NOT NULL,
    `expires` bigint NOT NULL,
    `principal` varchar(256) NULL,
    `version` bigint NOT NULL,
    `payload` longblob NOT NULL,
    PRIMARY KEY (`session_key`)
);
CREATE INDEX `ix_sessions_expires` ON `sessions` (`expires`);
CREATE INDEX `ix_sessions_principal` ON `sessions` (`principal`);

-- the table data_protection_keys
CREATE TABLE `data_protection_keys` (
    `id` binary(16) NOT NULL,
    `friendly_name` longtext NULL,
    `xml` longtext NOT NULL,
    PRIMARY KEY (`id`)
);

-- the table oauth_tokens
CREATE TABLE `oauth_tokens` (
    `token_key` binary(32) NOT NULL,
    `client` longtext NOT NULL,
    `access_token` longtext NULL,
    `refresh_token` longtext NULL,
    `issued_at` bigint NULL,
    `expires_at` bigint NULL,
    `refresh_expires_at` bigint NULL,
    `scope` longtext NULL,
    `ref_type` longtext NULL,
    `ref_id` longtext NULL,
    `extra` longtext NULL,
    `version` bigint NOT NULL,
    `ends_at` bigint NULL,
    PRIMARY KEY (`token_key`)
);
CREATE INDEX `ix_oauth_tokens_ends_at` ON `oauth_tokens` (`ends_at`);

-- a session is read
SET autocommit = 1; SELECT `expires`, `payload` FROM `sessions` WHERE `session_key` = @session_key;
--   @session_key Binary

-- a session begins
SET autocommit = 1; INSERT INTO `sessions` (`session_key`, `created`, `current_id`, `expires`, `payload`, `previous_id`, `principal`, `updated`, `version`) VALUES (@session_key, @created, @current_id, @expires, @payload, @previous_id, @principal, @updated, @version);
--   @session_key Binary, @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64

-- a session is saved
SET autocommit = 1; UPDATE `sessions` SET `current_id` = @current_id, `expires` = @expires, `payload` = @payload, `previous_id` = @previous_id, `principal` = @principal, `updated` = @updated, `version` = @version WHERE `session_key` = @session_key AND `version` = @expected_version AND `expires` > @now;
--   @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session begins in the place of one that has expired and was not removed yet
SET autocommit = 1; UPDATE `sessions` SET `created` = @created, `current_id` = @current_id, `expires` = @expires, `payload` = @payload, `previous_id` = @previous_id, `principal` = @principal, `updated` = @updated, `version` = @version WHERE `session_key` = @session_key AND `expires` <= @now;
--   @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @now Int64

-- a session is kept alive
SET autocommit = 1; UPDATE `sessions` SET `expires` = @expires WHERE `session_key` = @session_key AND `version` = @expected_version AND `expires` > @now AND `expires` < @expires;
--   @expires Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session is destroyed
SET autocommit = 1; DELETE FROM `sessions` WHERE `session_key` = @session_key AND `version` = @expected_version AND `expires` > @now;
--   @session_key Binary, @expected_version Int64, @now Int64

-- expired sessions are removed, some at a time
SET autocommit = 1; DELETE FROM `sessions` WHERE `expires` <= @now ORDER BY `expires` LIMIT @limit;
--   @now Int64, @limit Int64

-- the key ring is read
SET autocommit = 1; SELECT `xml` FROM `data_protection_keys`;
--   

-- a key of the key ring is kept
SET autocommit = 1; INSERT INTO `data_protection_keys` (`id`, `friendly_name`, `xml`) VALUES (@id, @friendly_name, @xml);
--   @id Binary, @friendly_name String, @xml String

-- a token is read
SET autocommit = 1; SELECT `token_key`, `client`, `access_token`, `refresh_token`, `issued_at`, `expires_at`, `refresh_expires_at`, `scope`, `ref_type`, `ref_id`, `extra`, `version`, `ends_at` FROM `oauth_tokens` WHERE `token_key` = @token_key;
--   @token_key Binary

-- a token is kept for the first time
SET autocommit = 1; INSERT INTO `oauth_tokens` (`token_key`, `access_token`, `client`, `ends_at`, `expires_at`, `extra`, `issued_at`, `ref_id`, `ref_type`, `refresh_expires_at`, `refresh_token`, `scope`, `version`) VALUES (@token_key, @access_token, @client, @ends_at, @expires_at, @extra, @issued_at, @ref_id, @ref_type, @refresh_expires_at, @refresh_token, @scope, @version);
--   @token_key Binary, @access_token String, @client String, @ends_at Int64, @expires_at Int64, @extra String, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token String, @scope String, @version Int64

-- a token is renewed
SET autocommit = 1; UPDATE `oauth_tokens` SET `access_token` = @access_token, `ends_at` = @ends_at, `expires_at` = @expires_at, `extra` = @extra, `issued_at` = @issued_at, `ref_id` = @ref_id, `ref_type` = @ref_type, `refresh_expires_at` = @refresh_expires_at, `refresh_token` = @refresh_token, `scope` = @scope, `version` = @version WHERE `token_key` = @token_key AND `version` = @expected_version;
--   @access_token String, @ends_at Int64, @expires_at Int64, @extra String, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token String, @scope String, @version Int64, @token_key Binary, @expected_version Int64

-- a token is forgotten
SET autocommit = 1; DELETE FROM `oauth_tokens` WHERE `token_key` = @token_key AND `version` = @expected_version;
--   @token_key Binary, @expected_version Int64

-- which token won
SET autocommit = 1; SELECT `version` FROM `oauth_tokens` WHERE `token_key` = @token_key;
--   @token_key Binary

-- tokens that have ended are removed, some at a time
SET autocommit = 1; DELETE FROM `oauth_tokens` WHERE `ends_at` <= @now ORDER BY `ends_at` LIMIT @limit;
--   @now Int64, @limit Int64
