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

-- a session is read
SELECT [expires], [payload] FROM [sessions] WHERE [session_key] = @session_key;
--   @session_key Binary

-- a session begins
INSERT INTO [sessions] ([session_key], [created], [current_id], [expires], [payload], [previous_id], [principal], [updated], [version]) VALUES (@session_key, @created, @current_id, @expires, @payload, @previous_id, @principal, @updated, @version);
--   @session_key Binary, @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64

-- a session is saved
UPDATE [sessions] SET [created] = @created, [current_id] = @current_id, [expires] = @expires, [payload] = @payload, [previous_id] = @previous_id, [principal] = @principal, [updated] = @updated, [version] = @version WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now;
--   @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session begins in the place of one that has expired and was not removed yet
UPDATE [sessions] SET [created] = @created, [current_id] = @current_id, [expires] = @expires, [payload] = @payload, [previous_id] = @previous_id, [principal] = @principal, [updated] = @updated, [version] = @version WHERE [session_key] = @session_key AND [expires] <= @now;
--   @created Int64, @current_id Binary, @expires Int64, @payload Binary, @previous_id Binary, @principal String, @updated Int64, @version Int64, @session_key Binary, @now Int64

-- a session is kept alive
UPDATE [sessions] SET [expires] = @expires WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now AND [expires] < @expires;
--   @expires Int64, @session_key Binary, @expected_version Int64, @now Int64

-- a session is destroyed
DELETE FROM [sessions] WHERE [session_key] = @session_key AND [version] = @expected_version AND [expires] > @now;
--   @session_key Binary, @expected_version Int64, @now Int64

-- a key of the key ring is kept
INSERT INTO [data_protection_keys] ([id], [friendly_name], [xml]) VALUES (@id, @friendly_name, @xml);
--   @id Binary, @friendly_name String, @xml String
