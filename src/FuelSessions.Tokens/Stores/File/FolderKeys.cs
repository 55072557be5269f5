using Microsoft.AspNetCore.DataProtection;

namespace FuelSessions.Tokens.Stores.File;

/// <summary>
/// Data Protection for a program that has none: the keys are beside the tokens, in a folder for their owner only. What is in both folders
/// is therefore only as safe as the account's files are.
/// </summary>
internal static class FolderKeys
{
    private const string ApplicationName = "FuelSessions.Tokens";

    internal static IDataProtectionProvider Open(TokenFolder folder)
    {
        DirectoryInfo keys = folder.Keys();
        IDataProtectionProvider provider = DataProtectionProvider.Create(keys, builder =>
        {
            builder.SetApplicationName(ApplicationName);
            if (OperatingSystem.IsWindows())
            {
                builder.ProtectKeysWithDpapi();
            }
        });

        // The first key is made by one process while others wait: two that start together must not make one each.
        using FileStream held = ExclusiveFile.Open(folder, Path.Join(keys.FullName, "lock"));
        provider.CreateProtector(ApplicationName).Protect([]);
        return provider;
    }
}
