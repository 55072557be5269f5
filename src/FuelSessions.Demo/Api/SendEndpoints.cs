using FuelSessions.Demo.Client;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FuelSessions.Demo.Api;

/// <summary>What the page Sending sends to: by fetch with a token, by sendBeacon, as an upload.</summary>
internal static class SendEndpoints
{
    // Far beyond what a form may have by default, as the body is not kept.
    private const long LargestUpload = 300L * 1024 * 1024;

    internal static void MapSend(this IEndpointRouteBuilder api)
    {
        api.MapPost("/notes", async (ISessionStore sessions, IOptions<FuelSessionsOptions> options) =>
            new { notes = (await OfAsync(sessions, options)).Increment("send.notes") });

        api.MapPost("/left", async (ISessionStore sessions, IOptions<FuelSessionsOptions> options) =>
        {
            (await OfAsync(sessions, options)).Increment("send.left");
            return Results.NoContent();
        });

        // The session looks for no token in it, so nothing but this endpoint reads the body.
        api.MapPost("/upload", async (HttpRequest request, ISessionStore sessions, IOptions<FuelSessionsOptions> options) =>
        {
            if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            {
                return Results.Problem("Send multipart/form-data.", statusCode: StatusCodes.Status415UnsupportedMediaType);
            }

            long size = 0;
            byte[] buffer = new byte[64 * 1024];
            var parts = new MultipartReader(boundary, request.Body);
            while (await parts.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } part)
            {
                for (int read; (read = await part.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
                {
                    size += read;
                }
            }

            Session session = await OfAsync(sessions, options);
            return Results.Ok(new { size, total = session.Increment("send.bytes", size), notes = session.Get<long>("send.notes") });
        }).WithoutSessionForm().WithMetadata(new RequestSizeLimitAttribute(LargestUpload));
    }

    /// <summary>Tokens and what comes at the same time need a driver with a server side.</summary>
    internal static Task<Session> OfAsync(ISessionStore sessions, IOptions<FuelSessionsOptions> options) => sessions.ForgeAsync(ProviderClient.DriverFor(options.Value.Driver));
}
