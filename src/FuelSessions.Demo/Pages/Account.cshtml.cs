using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>Where the user is signed in, and how to end it. It works without a script; with account.js it also shows what changes meanwhile.</summary>
[Authorize]
internal sealed class AccountModel(Session session, ISessionRegistry registry, SignInManager<IdentityUser> signIn) : PageModel
{
    // As account.js says it.
    internal const string Unknown = "unknown";

    internal string? Message { get; private set; }

    internal IReadOnlyList<RegisteredSession> Sessions { get; private set; } = [];

    /// <summary>Why there is no list; null if there is one.</summary>
    internal string? Unlisted { get; private set; }

    internal static string Ended(int number) => number == 1 ? "1 other session was ended." : $"{number} other sessions were ended.";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Message = session.GetFlash<string>("message");
        try
        {
            Sessions = await registry.ListAsync(session.Principal!, cancellationToken);
        }
        catch (NotSupportedException error)
        {
            Unlisted = error.Message;
        }
    }

    public async Task<IActionResult> OnPostEndAsync(string? handle) =>
        Back(await registry.EndAsync(session.Principal!, handle ?? "") ? "That session was ended." : "That session had ended already.");

    public async Task<IActionResult> OnPostEndOthersAsync() =>
        Back(Ended(await registry.EndAllAsync(session.Principal!, exceptCurrent: true)));

    public async Task<IActionResult> OnPostSignOutAsync()
    {
        await signIn.SignOutAsync();
        return Back("Signed out: the session has ended, and a copy of its cookie is worthless.", "/SignIn");
    }

    private RedirectToPageResult Back(string message, string? page = null)
    {
        session.SetFlash("message", message);
        return RedirectToPage(page);
    }
}
