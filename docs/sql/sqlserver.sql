-- What FuelSessions sends to this database through Microsoft.EntityFrameworkCore.SqlServer, written by its tests.

-- the table sessions
CREATE TABLE [sessions] (
    [session_key] binary(16) NOT NULL,
    [current_id] binary(16) NOT NULL,
    [previous_id] binary(16) NULL,
    [created] bigint NOT NULL,
    [updated] bigint NOT NULL,
    [expires] bigint NOT NULL,
    [principal] nvarchar(256) NULL,
    [version] bigint NOT NULL,
    [payload] varbinary(max) NOT NULL,
    CONSTRAINT [pk_sessions] PRIMARY KEY ([session_key])
);
CREATE INDEX [ix_sessions_expires] ON [sessions] ([expires]);
CREATE INDEX [ix_sessions_principal] ON [sessions] ([principal]);

-- the table data_protection_keys
CREATE TABLE [data_protection_keys] (
    [id] binary(16) NOT NULL,
    [friendly_name] nvarchar(max) NULL,
    [xml] nvarchar(max) NOT NULL,
    CONSTRAINT [pk_data_protection_keys] PRIMARY KEY ([id])
);

-- the table oauth_tokens
CREATE TABLE [oauth_tokens] (
    [token_key] binary(32) NOT NULL,
    [client] nvarchar(max) NOT NULL,
    [access_token] varchar(max) NULL,
    [refresh_token] varchar(max) NULL,
    [issued_at] bigint NULL,
    [expires_at] bigint NULL,
    [refresh_expires_at] bigint NULL,
    [scope] nvarchar(max) NULL,
    [ref_type] nvarchar(max) NULL,
    [ref_id] nvarchar(max) NULL,
    [extra] varchar(max) NULL,
    [version] bigint NOT NULL,
    [ends_at] bigint NULL,
    CONSTRAINT [pk_oauth_tokens] PRIMARY KEY ([token_key])
);
CREATE INDEX [ix_oauth_tokens_ends_at] ON [oauth_tokens] ([ends_at]);

-- a session is read
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; SELECT [expires], [payload] FROM [sessions] WHERE [session_key] = @session_key;
--   @session_key Binary

-- a session begins
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; INSERT INTO [sessions] ([session_key], [created], [current_id], [expires], [payload], [previous_id], [principal], [updated], [version]) VALUES (@session_key, @created, @current_id, @expires, @payload, @previous_id, @principal, @updated, @version);
--   @session_key Binary, @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64

-- a session is saved
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; UPDATE [sessions] SET [current_id] = @current_id, [expires] = @expires, [payload] = @payload, [previous_id] = @previous_id, [principal] = @principal, [updated] = @updated, [version] = @version WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now;
--   @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session begins in the place of one that has expired and was not removed yet
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; UPDATE [sessions] SET [created] = @created, [current_id] = @current_id, [expires] = @expires, [payload] = @payload, [previous_id] = @previous_id, [principal] = @principal, [updated] = @updated, [version] = @version WHERE [session_key] = @session_key AND [expires] <= @now;
--   @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @now Int64

-- a session is kept alive
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; UPDATE [sessions] SET [expires] = @expires WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now AND [expires] < @expires;
--   @expires Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session is destroyed
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; DELETE FROM [sessions] WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now;
--   @session_key Binary, @expected_version Int64, @now Int64

-- expired sessions are removed, some at a time
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; DELETE FROM [sessions] WHERE [session_key] IN (SELECT TOP(@limit) [session_key] FROM [sessions] WHERE [expires] <= @now ORDER BY [expires]) AND [expires] <= @now;
--   @now Int64, @limit Int64

-- the key ring is read
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; SELECT [xml] FROM [data_protection_keys];
--   

-- a key of the key ring is kept
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; INSERT INTO [data_protection_keys] ([id], [friendly_name], [xml]) VALUES (@id, @friendly_name, @xml);
--   @id Binary, @friendly_name String, @xml String

-- a token is read
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; SELECT [token_key], [client], [access_token], [refresh_token], [issued_at], [expires_at], [refresh_expires_at], [scope], [ref_type], [ref_id], [extra], [version], [ends_at] FROM [oauth_tokens] WHERE [token_key] = @token_key;
--   @token_key Binary

-- a token is kept for the first time
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; INSERT INTO [oauth_tokens] ([token_key], [access_token], [client], [ends_at], [expires_at], [extra], [issued_at], [ref_id], [ref_type], [refresh_expires_at], [refresh_token], [scope], [version]) VALUES (@token_key, @access_token, @client, @ends_at, @expires_at, @extra, @issued_at, @ref_id, @ref_type, @refresh_expires_at, @refresh_token, @scope, @version);
--   @token_key Binary, @access_token AnsiString, @client String, @ends_at Int64, @expires_at Int64, @extra AnsiString, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token AnsiString, @scope String, @version Int64

-- a token is renewed
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; UPDATE [oauth_tokens] SET [access_token] = @access_token, [ends_at] = @ends_at, [expires_at] = @expires_at, [extra] = @extra, [issued_at] = @issued_at, [ref_id] = @ref_id, [ref_type] = @ref_type, [refresh_expires_at] = @refresh_expires_at, [refresh_token] = @refresh_token, [scope] = @scope, [version] = @version WHERE [token_key] = @token_key AND [version] = @expected_version;
--   @access_token AnsiString, @ends_at Int64, @expires_at Int64, @extra AnsiString, @issued_at Int64, @ref_id String, @ref_type String, @refresh_expires_at Int64, @refresh_token AnsiString, @scope String, @version Int64, @token_key Binary, @expected_version Int64

-- a token is forgotten
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; DELETE FROM [oauth_tokens] WHERE [token_key] = @token_key AND [version] = @expected_version;
--   @token_key Binary, @expected_version Int64

-- which token won
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; SELECT [version] FROM [oauth_tokens] WHERE [token_key] = @token_key;
--   @token_key Binary

-- tokens that have ended are removed, some at a time
SET NOCOUNT OFF; SET IMPLICIT_TRANSACTIONS OFF; DELETE FROM [oauth_tokens] WHERE [token_key] IN (SELECT TOP(@limit) [token_key] FROM [oauth_tokens] WHERE [ends_at] <= @now ORDER BY [ends_at]) AND [ends_at] <= @now;
--   @now Int64, @limit Int64
