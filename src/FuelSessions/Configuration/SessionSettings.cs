using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace FuelSessions.Configuration;

/// <summary>
/// All settings. What reads and writes settings by name goes through this table: configuration sections,
/// <see cref="Session.GetConfig"/>, <see cref="Session.SetConfig"/> and the dictionary form of <c>Forge</c>.
/// </summary>
internal static class SessionSettings
{
    internal static readonly SessionSetting[] All =
    [
        Text(nameof(FuelSessionsOptions.Driver), "driver", o => o.Driver, (o, v) => o.Driver = v ?? ""),
        Flag(nameof(FuelSessionsOptions.AutoInitialize), "auto_initialize", o => o.AutoInitialize, (o, v) => o.AutoInitialize = v),
        Flag(nameof(FuelSessionsOptions.MatchIp), "match_ip", o => o.MatchIp, (o, v) => o.MatchIp = v),
        new(
            nameof(FuelSessionsOptions.MatchUserAgent),
            "match_ua",
            "Off, IgnoringVersions, Exact, true (Exact), false (Off)",
            (o, fuel) => !fuel ? o.MatchUserAgent : o.MatchUserAgent switch
            {
                UserAgentMatching.Exact => true,
                UserAgentMatching.Off => false,
                _ => o.MatchUserAgent.ToString(),
            },
            (o, v, fuel) =>
            {
                bool understood = SettingValue.TryBoolean(v, out bool exact, fuel);
                if (understood)
                {
                    o.MatchUserAgent = exact ? UserAgentMatching.Exact : UserAgentMatching.Off;
                }
                else if (SettingValue.TryEnum(v, out UserAgentMatching matching))
                {
                    o.MatchUserAgent = matching;
                    understood = true;
                }

                return understood;
            }),
        Text(nameof(FuelSessionsOptions.CookieName), "cookie_name", o => o.CookieName, (o, v) => o.CookieName = v ?? "", isRequired: true),
        Text(nameof(FuelSessionsOptions.CookieDomain), "cookie_domain", o => o.CookieDomain, (o, v) => o.CookieDomain = v),
        Text(nameof(FuelSessionsOptions.CookiePath), "cookie_path", o => o.CookiePath, (o, v) => o.CookiePath = v ?? "/"),
        Flag(nameof(FuelSessionsOptions.CookieHttpOnly), "cookie_http_only", o => o.CookieHttpOnly, (o, v) => o.CookieHttpOnly = v),
        Choice<SameSiteMode>(nameof(FuelSessionsOptions.CookieSameSite), "cookie_same_site", o => o.CookieSameSite, (o, v) => o.CookieSameSite = v),
        Choice<CookieSecurePolicy>(nameof(FuelSessionsOptions.CookieSecure), null, o => o.CookieSecure, (o, v) => o.CookieSecure = v),
        Flag(nameof(FuelSessionsOptions.CookiePartitioned), null, o => o.CookiePartitioned, (o, v) => o.CookiePartitioned = v),
        Flag(nameof(FuelSessionsOptions.IsEssential), null, o => o.IsEssential, (o, v) => o.IsEssential = v),
        Flag(nameof(FuelSessionsOptions.EncryptCookie), "encrypt_cookie", o => o.EncryptCookie, (o, v) => o.EncryptCookie = v),
        Flag(nameof(FuelSessionsOptions.ExpireOnClose), "expire_on_close", o => o.ExpireOnClose, (o, v) => o.ExpireOnClose = v),
        Time(nameof(FuelSessionsOptions.ExpirationTime), "expiration_time", o => o.ExpirationTime, (o, v) => o.ExpirationTime = v),
        OptionalTime(
            nameof(FuelSessionsOptions.AbsoluteExpiration), null, "never", o => o.AbsoluteExpiration, (o, v) => o.AbsoluteExpiration = v, off: Timeout.InfiniteTimeSpan),
        OptionalTime(nameof(FuelSessionsOptions.TouchInterval), null, "its default", o => o.TouchInterval, (o, v) => o.TouchInterval = v),
        Flag(nameof(FuelSessionsOptions.TouchOnEveryRequest), null, o => o.TouchOnEveryRequest, (o, v) => o.TouchOnEveryRequest = v),
        OptionalTime(nameof(FuelSessionsOptions.RotationTime), "rotation_time", "off", o => o.RotationTime, (o, v) => o.RotationTime = v),
        Time(nameof(FuelSessionsOptions.PreviousIdGrace), null, o => o.PreviousIdGrace, (o, v) => o.PreviousIdGrace = v),
        Choice<StaleIdAction>(nameof(FuelSessionsOptions.OnStaleId), null, o => o.OnStaleId, (o, v) => o.OnStaleId = v),
        Text(nameof(FuelSessionsOptions.FlashId), "flash_id", o => o.FlashId, (o, v) => o.FlashId = v ?? ""),
        Flag(nameof(FuelSessionsOptions.FlashAutoExpire), "flash_auto_expire", o => o.FlashAutoExpire, (o, v) => o.FlashAutoExpire = v),
        Flag(nameof(FuelSessionsOptions.FlashExpireAfterGet), "flash_expire_after_get", o => o.FlashExpireAfterGet, (o, v) => o.FlashExpireAfterGet = v),
        Text(nameof(FuelSessionsOptions.PostFieldName), "post_cookie_name", o => o.PostFieldName, (o, v) => o.PostFieldName = v),
        Text(nameof(FuelSessionsOptions.HeaderName), "http_header_name", o => o.HeaderName, (o, v) => o.HeaderName = v),
        Text(nameof(FuelSessionsOptions.QueryParameterName), null, o => o.QueryParameterName, (o, v) => o.QueryParameterName = v),
        Flag(nameof(FuelSessionsOptions.EnableCookie), "enable_cookie", o => o.EnableCookie, (o, v) => o.EnableCookie = v),
        OptionalTime(nameof(FuelSessionsOptions.TokenLifetime), null, "as ExpirationTime", o => o.TokenLifetime, (o, v) => o.TokenLifetime = v),
        Flag(nameof(FuelSessionsOptions.NativeEmulation), "native_emulation", o => o.NativeEmulation, (o, v) => o.NativeEmulation = v),
        Flag(nameof(FuelSessionsOptions.PreventSharedCaching), null, o => o.PreventSharedCaching, (o, v) => o.PreventSharedCaching = v),
        Flag(nameof(FuelSessionsOptions.SaveOnError), null, o => o.SaveOnError, (o, v) => o.SaveOnError = v),
        Choice<StoreFailureAction>(nameof(FuelSessionsOptions.OnStoreFailure), null, o => o.OnStoreFailure, (o, v) => o.OnStoreFailure = v),
        Time(nameof(FuelSessionsOptions.StoreTimeout), null, o => o.StoreTimeout, (o, v) => o.StoreTimeout = v),
        Number(nameof(FuelSessionsOptions.MaxPayloadBytes), o => o.MaxPayloadBytes, (o, v) => o.MaxPayloadBytes = v),
        Number(nameof(FuelSessionsOptions.MaxCookieBytes), o => o.MaxCookieBytes, (o, v) => o.MaxCookieBytes = v),
        Flag(nameof(FuelSessionsOptions.CompressCookie), null, o => o.CompressCookie, (o, v) => o.CompressCookie = v),
        Text(nameof(FuelSessionsOptions.Path), "path", o => o.Path, (o, v) => o.Path = v),
        Flag(nameof(FuelSessionsOptions.AllowSharedFolder), null, o => o.AllowSharedFolder, (o, v) => o.AllowSharedFolder = v),
        Flag(nameof(FuelSessionsOptions.FlushFolder), null, o => o.FlushFolder, (o, v) => o.FlushFolder = v),
        Text(nameof(FuelSessionsOptions.Table), "table", o => o.Table, (o, v) => o.Table = v ?? ""),
        Time(nameof(FuelSessionsOptions.GcInterval), null, o => o.GcInterval, (o, v) => o.GcInterval = v),
        Number(nameof(FuelSessionsOptions.MaxSessions), o => o.MaxSessions, (o, v) => o.MaxSessions = v),
        Flag(nameof(FuelSessionsOptions.RememberClient), "remember_client", o => o.RememberClient, (o, v) => o.RememberClient = v),
        OptionalNumber(nameof(FuelSessionsOptions.MaxSessionsPerPrincipal), o => o.MaxSessionsPerPrincipal, (o, v) => o.MaxSessionsPerPrincipal = v),
        Choice<TooManySessionsAction>(nameof(FuelSessionsOptions.OnTooManySessions), null, o => o.OnTooManySessions, (o, v) => o.OnTooManySessions = v),
        OptionalNumber(nameof(FuelSessionsOptions.NewSessionsPerMinute), o => o.NewSessionsPerMinute, (o, v) => o.NewSessionsPerMinute = v),
    ];

    private static readonly FrozenDictionary<string, SessionSetting> ByName = All
        .SelectMany(setting => setting.FuelName is null || setting.FuelName.Equals(setting.Name, StringComparison.OrdinalIgnoreCase)
            ? [KeyValuePair.Create(setting.Name, setting)]
            : new[] { KeyValuePair.Create(setting.Name, setting), KeyValuePair.Create(setting.FuelName, setting) })
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // FuelPHP's settings that mean nothing here, and why. An app that comes with them is not stopped by them.
    private static readonly FrozenDictionary<string, string> Needless = new Dictionary<string, string>
    {
        ["auto_start"] = "a session is started when it is used",
        ["gc_probability"] = "expired sessions are removed in the background, each GcInterval",
        ["database"] = "the connection is given to AddDbDriver or AddRedisDriver",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    internal static SessionSetting? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Takes over what a configuration file says, where <c>null</c> is a text that is missing and never "off".</summary>
    /// <param name="note">False: what is wrong. True: what was not taken over, where FuelPHP takes something else without a word; else null.</param>
    internal static bool TryTake(FuelSessionsOptions options, string name, string? text, out string? note) => TryTake(options, name, text, text ?? "", out note);

    /// <summary>The same for code, or an array in FuelPHP's way.</summary>
    /// <returns>What was not taken over; null: nothing.</returns>
    /// <exception cref="ArgumentException">There is no such setting, or the value is not allowed.</exception>
    internal static string? Take(FuelSessionsOptions options, string name, object? value) =>
        TryTake(options, name, value, value, out string? note) ? note : throw new ArgumentException(note);

    /// <param name="told">The value as messages tell it.</param>
    private static bool TryTake(FuelSessionsOptions options, string name, object? told, object? value, out string? note)
    {
        note = null;
        if (Needless.TryGetValue(name, out string? why))
        {
            note = $"Session setting '{name}' does nothing: {why}.";
            return true;
        }

        if (Find(name) is not { } setting)
        {
            note = Unknown(name);
            return false;
        }

        if (setting.IsUnset(name, value))
        {
            note = $"{setting.Refusal(name, told)} As in FuelPHP, it stays what it is without that.";
            return true;
        }

        bool isTaken = setting.TryWrite(options, name, value);
        note = isTaken ? null : setting.Refusal(name, told);
        return isTaken;
    }

    /// <summary>What is wrong with a section of that name, if it is likely a setting that was misspelt; null: it may be something else.</summary>
    internal static string? Misspelt(string section) => NearName.Of(section, ByName.Keys, Math.Max(1, section.Length / 6)) is null ? null : Unknown(section);

    private static string Unknown(string name)
    {
        string? meant = NearName.Of(name, ByName.Keys, Math.Max(2, name.Length / 3));
        return $"There is no session setting '{name}'.{(meant is null ? "" : $" Did you mean '{meant}'?")}";
    }

    private static SessionSetting Flag(string name, string? fuelName, Func<FuelSessionsOptions, bool> get, Action<FuelSessionsOptions, bool> set) => new(
        name,
        fuelName,
        "true, false",
        (o, _) => get(o),
        (o, v, fuel) => SettingValue.TryBoolean(v, out bool value, fuel) && Done(() => set(o, value)));

    // FuelPHP's text is never null.
    private static SessionSetting Text(
        string name, string? fuelName, Func<FuelSessionsOptions, string?> get, Action<FuelSessionsOptions, string?> set, bool isRequired = false) => new(
        name,
        fuelName,
        "text",
        (o, fuel) => get(o) ?? (fuel ? "" : null),
        (o, v, _) => v is null or string && Done(() => set(o, string.IsNullOrEmpty((string?)v) ? null : (string)v)),
        isRequired ? static _ => false : null);

    private static SessionSetting Number(string name, Func<FuelSessionsOptions, int> get, Action<FuelSessionsOptions, int> set) => new(
        name, null, "a whole number", (o, _) => get(o), (o, v, _) => SettingValue.TryInteger(v, out int value) && Done(() => set(o, value)));

    private static SessionSetting OptionalNumber(string name, Func<FuelSessionsOptions, int?> get, Action<FuelSessionsOptions, int?> set) => new(
        name, null, "a whole number, or false (any number)", (o, _) => get(o), (o, v, _) => SettingValue.IsOff(v, fuel: false)
            ? Done(() => set(o, null))
            : SettingValue.TryInteger(v, out int value) && Done(() => set(o, value)));

    private static SessionSetting Time(string name, string? fuelName, Func<FuelSessionsOptions, TimeSpan> get, Action<FuelSessionsOptions, TimeSpan> set) => new(
        name,
        fuelName,
        AllowedTime(fuelName),
        (o, fuel) => fuel ? SettingValue.Seconds(get(o)) : get(o),
        (o, v, fuel) => SettingValue.TryTime(v, fuel, out TimeSpan value) && Done(() => set(o, value)));

    private static SessionSetting OptionalTime(
        string name,
        string? fuelName,
        string meaningOfFalse,
        Func<FuelSessionsOptions, TimeSpan?> get,
        Action<FuelSessionsOptions, TimeSpan?> set,
        TimeSpan? off = null) => new(
        name,
        fuelName,
        $"{AllowedTime(fuelName)}, or false ({meaningOfFalse})",
        (o, fuel) => get(o) is not { } time ? (fuel ? false : null) : fuel ? SettingValue.Seconds(time) : time,
        (o, v, fuel) => SettingValue.IsOff(v, fuel)
            ? Done(() => set(o, v is null ? null : off))
            : SettingValue.TryTime(v, fuel, out TimeSpan value) && Done(() => set(o, value)),
        SettingValue.IsNotPositive);

    private static SessionSetting Choice<TEnum>(string name, string? fuelName, Func<FuelSessionsOptions, TEnum> get, Action<FuelSessionsOptions, TEnum> set)
        where TEnum : struct, Enum => new(
        name,
        fuelName,
        string.Join(", ", Enum.GetNames<TEnum>()),
        (o, fuel) => fuel ? get(o).ToString() : get(o),
        (o, v, _) => SettingValue.TryEnum(v, out TEnum value) && Done(() => set(o, value)),
        static _ => false);

    private static string AllowedTime(string? fuelName) =>
        $"a time span such as 00:05:00 or 1.00:00:00 (24 hours; 24 days are 24.00:00:00){(fuelName is null ? "" : $", under the name {fuelName} seconds as well")}";

    private static bool Done(Action set)
    {
        set();
        return true;
    }
}
