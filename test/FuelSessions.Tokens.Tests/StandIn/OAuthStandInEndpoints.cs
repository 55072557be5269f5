using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FuelSessions.Tokens.Tests.StandIn;

/// <summary>The provider's addresses: <c>/oauth/authorize</c>, <c>/oauth/token</c>, <c>/oauth/revoke</c>, and <c>/api/me</c> for an API.</summary>
internal static class OAuthStandInEndpoints
{
    internal static RouteGroupBuilder MapOAuthProvider(this IEndpointRouteBuilder app, string prefix, OAuthStandIn standIn)
    {
        RouteGroupBuilder provider = app.MapGroup(prefix);
        provider.MapGet("/oauth/authorize", context => AuthorizePage.ShowAsync(context, standIn));
        provider.MapPost("/oauth/authorize", context => AuthorizePage.AnswerAsync(context, standIn));
        provider.MapPost("/oauth/token", context => Faulty(context, standIn, StandInEndpoint.Token, TokenAsync));
        provider.MapPost("/oauth/revoke", context => Faulty(context, standIn, StandInEndpoint.Revoke, RevokeAsync));
        provider.Map("/api/me", context => Faulty(context, standIn, StandInEndpoint.Api, WhoAsync));
        return provider;
    }

    private static async Task Faulty(HttpContext context, OAuthStandIn standIn, StandInEndpoint endpoint, Func<HttpContext, OAuthStandIn, Task> answer)
    {
        StandInFault? fault = standIn.NextFault(endpoint);
        if (fault?.Wait is { } wait)
        {
            try
            {
                await wait(context.RequestAborted);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                return;
            }
        }

        if (fault?.Status is not { } status)
        {
            await answer(context, standIn);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        foreach ((string name, string value) in fault.Headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(fault.Body);
    }

    private static async Task TokenAsync(HttpContext context, OAuthStandIn standIn)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        if (!IsClient(context, form, standIn))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "invalid_client", "The client is not known, or its secret is wrong.");
        }
        else if (standIn.Answer(form["grant_type"].ToString(), name => form[name].ToString()) is { } answer)
        {
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(answer);
        }
        else
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_grant", "The grant is expired, revoked, used up or wrong.");
        }
    }

    private static async Task RevokeAsync(HttpContext context, OAuthStandIn standIn)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        if (IsClient(context, form, standIn))
        {
            standIn.OnRevoke?.Invoke(form["token_type_hint"].ToString());
            standIn.Revoke(form["token"].ToString());
        }
        else
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "invalid_client", "The client is not known, or its secret is wrong.");
        }
    }

    private static async Task WhoAsync(HttpContext context, OAuthStandIn standIn)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out AuthenticationHeaderValue? sent);
        if (standIn.WhoIs(sent?.Parameter ?? "") is { } who)
        {
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["who"] = who, ["body"] = body });
        }
        else if (sent?.Scheme == "OAuth2")
        {
            // As Podio says it.
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "expired_token");
        }
        else
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\", error_description=\"The access token expired\"";
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    }

    private static bool IsClient(HttpContext context, IFormCollection form, OAuthStandIn standIn)
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out AuthenticationHeaderValue? sent) || sent.Scheme != "Basic")
        {
            return form["client_id"] == standIn.ClientId && form["client_secret"] == standIn.ClientSecret;
        }

        string[] parts = Encoding.ASCII.GetString(Convert.FromBase64String(sent.Parameter ?? "")).Split(':');
        return parts.Length == 2 && Decoded(parts[0]) == standIn.ClientId && Decoded(parts[1]) == standIn.ClientSecret;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static Task RefuseAsync(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = error, ["error_description"] = description });
    }
}
