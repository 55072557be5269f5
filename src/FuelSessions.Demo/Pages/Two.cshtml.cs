using FuelSessions.Demo.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>Two sessions of one browser, on two drivers, in the same request.</summary>
internal sealed class TwoModel(ISessionStore sessions) : PageModel
{
    internal IReadOnlyList<Side> Sides { get; private set; } = [];

    internal string? Message { get; private set; }

    public async Task OnGetAsync()
    {
        Session[] both = await ForgeAsync();
        Message = both[0].GetFlash<string>("message");
        Sides = [.. both.Select(session => new Side(SessionView.Of(session), session.Options.CookieName, session.Get<long>("two.counter")))];
    }

    public async Task<IActionResult> OnPostCountAsync(string? driver)
    {
        Session[] both = await ForgeAsync();
        foreach (Session session in both.Where(session => driver is null || session.Options.Driver == driver))
        {
            session.Increment("two.counter");
        }

        both[0].SetFlash("message", driver is null ? "Both counted, in one request." : $"Only {driver} counted.");
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostDestroyAsync(string? driver)
    {
        Session[] both = await ForgeAsync();
        both.FirstOrDefault(session => session.Options.Driver == driver)?.Destroy();
        both[0].SetFlash("message", $"The session on {driver} is destroyed; the other one does not care.");
        return RedirectToPage();
    }

    // The configured driver, and one that is unlike it.
    private async Task<Session[]> ForgeAsync()
    {
        Session first = await sessions.ForgeAsync();
        Session second = await sessions.ForgeAsync(first.Options.Driver == "cookie" ? "memory" : "cookie");
        return [first, second];
    }

    internal sealed record Side(SessionView Known, string CookieName, long Counter);
}
