using FuelSessions.Demo.Api;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace FuelSessions.Demo.Pages;

/// <summary>Three ways for scripts to send something: without cookies, while the page is left, and a large file.</summary>
internal sealed class SendModel(ISessionStore sessions, IOptions<FuelSessionsOptions> options) : PageModel
{
    internal string Driver { get; private set; } = "";

    internal long Notes { get; private set; }

    internal long Left { get; private set; }

    internal long Total { get; private set; }

    public async Task OnGetAsync()
    {
        Session session = await SendEndpoints.OfAsync(sessions, options);

        // A token stands for what is stored: there has to be something.
        session.Increment("send.pages");
        Driver = session.Options.Driver;
        Notes = session.Get<long>("send.notes");
        Left = session.Get<long>("send.left");
        Total = session.Get<long>("send.bytes");
    }
}
