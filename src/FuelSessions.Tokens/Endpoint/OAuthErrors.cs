using System.Net.Http.Headers;
using System.Text.Json;

namespace FuelSessions.Tokens.Endpoint;

/// <summary>Finds what a server said about a refusal. What the header says goes before what the body says.</summary>
internal static class OAuthErrors
{
    private const int LongestText = 200;

    /// <param name="secrets">What the request had in it and an error must not repeat.</param>
    internal static OAuthError Read(HttpResponseMessage response, ReadOnlyMemory<byte> body, params ReadOnlySpan<string> secrets)
    {
        string? error = null, description = null;
        foreach (AuthenticationHeaderValue challenge in response.Headers.WwwAuthenticate)
        {
            error ??= Parameter(challenge.Parameter, "error");
            description ??= Parameter(challenge.Parameter, "error_description");
        }

        if (error is null || description is null)
        {
            (string? inBody, string? beside) = ReadBody(body);
            error ??= inBody;
            description ??= beside;
        }

        return new OAuthError(response.StatusCode, Clean(error, secrets), Clean(description, secrets));
    }

    /// <summary>An error that came another way.</summary>
    internal static OAuthError Told(System.Net.HttpStatusCode status, string error, string? description, params ReadOnlySpan<string> secrets) =>
        new(status, Clean(error, secrets), Clean(description, secrets));

    private static (string? Error, string? Description) ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Utf8Text.WithoutMark(body));
            return ReadBody(new AnswerFields(json.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : json.RootElement));
        }
        catch (JsonException)
        {
            // A page for people, or nothing.
            return default;
        }
    }

    // OAuth has error and error_description; Google and Microsoft an object as error, with a status or code and a message; GitHub and others a message.
    private static (string? Error, string? Description) ReadBody(AnswerFields json) =>
        json.IsObject("error") && json.In("error") is var inner
            ? (inner.Text("status") ?? inner.Text("code") ?? inner.Text(".tag"), inner.Text("message"))
            : (json.Text("error") ?? json.Text("errorCode"), json.Text("error_description") ?? json.Text("message"));

    /// <summary>The value of one parameter of a challenge (RFC 9110, section 11.2): a token, or a quoted text.</summary>
    private static string? Parameter(string? challenge, string name)
    {
        ReadOnlySpan<char> rest = challenge;
        while (rest.IndexOf('=') is var equals and >= 0)
        {
            ReadOnlySpan<char> found = rest[..equals].Trim([' ', '\t', ',']);
            rest = rest[(equals + 1)..].TrimStart([' ', '\t']);
            string value = rest is ['"', ..] ? Quoted(ref rest) : Unquoted(ref rest);
            if (found.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    private static string Quoted(ref ReadOnlySpan<char> rest)
    {
        var value = new System.Text.StringBuilder();
        int next = 1;
        for (; next < rest.Length && rest[next] != '"'; next++)
        {
            if (rest[next] == '\\' && next + 1 < rest.Length)
            {
                next++;
            }

            value.Append(rest[next]);
        }

        rest = rest[Math.Min(next + 1, rest.Length)..];
        return value.ToString();
    }

    private static string Unquoted(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(' ', '\t', ',');
        string value = (end < 0 ? rest : rest[..end]).ToString();
        rest = end < 0 ? [] : rest[end..];
        return value;
    }

    // The text goes to logs and error pages: one line, of some length, without what was asked with. A line first, which may be what makes it that.
    private static string? Clean(string? text, ReadOnlySpan<string> secrets)
    {
        if (text is null)
        {
            return null;
        }

        text = Line(text);
        foreach (string secret in secrets)
        {
            text = secret.Length == 0 ? text : text.Replace(Line(secret), "[redacted]", StringComparison.Ordinal);
        }

        return text.Length > LongestText ? text[..LongestText] : text;
    }

    private static string Line(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }
    });
}
