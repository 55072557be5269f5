using System.Text.Json.Serialization;

namespace FuelSessions.Tokens.SignIn;

/// <summary>A sign-in that has begun, as the web session keeps it.</summary>
internal sealed record PendingSignIn(string Client, string State, string CodeVerifier, string RedirectUri, string ReturnPath, DateTimeOffset Begun);

[JsonSerializable(typeof(PendingSignIn[]))]
internal sealed partial class PendingSignInJson : JsonSerializerContext;
