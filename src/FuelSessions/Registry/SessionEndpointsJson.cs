using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace FuelSessions.Registry;

/// <param name="HeaderName">In which header <paramref name="RequestToken"/> is to be sent.</param>
internal sealed record SessionList(RegisteredSession[] Sessions, string? HeaderName, string? RequestToken);

internal sealed record EndedSessions(int Ended);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(EndedSessions))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class SessionEndpointsJson : JsonSerializerContext;
