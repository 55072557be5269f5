using System.Text.Encodings.Web;
using System.Text.Json;
using FuelSessions.Demo.Shop;
using FuelSessions.Demo.Theft;
using FuelSessions.Demo.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>One session, and what can be done with it. Each form posts, changes the session, leaves a flash message, and redirects.</summary>
internal sealed class IndexModel(Session session, Thief thief) : PageModel
{
    // Razor escapes the text for HTML, so it need not be done twice.
    private static readonly JsonSerializerOptions _readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal long Visits { get; private set; }

    internal string? Message { get; private set; }

    internal SessionView Known { get; private set; } = SessionView.Of(session);

    internal Cart Cart { get; } = new(session);

    internal CookieCopy? Copy => thief.CopyOf(session);

    internal string Binding => session.DeviceProof switch
    {
        DeviceProof.Given => "bound to its device: your browser has signed for it within the last five minutes",
        DeviceProof.Missing => "bound to a device, of which this request proves nothing",
        _ when Known.Driver == "cookie" => "not bound: the cookie driver keeps nothing at the server that could be",
        _ when !Request.IsHttps => "not bound: that takes https",
        _ when Known.Principal is null => "not bound: sign in first",
        _ => "not bound: your browser has brought no key, or not yet",
    };

    // Without what the page Tokens keeps: it is encrypted, and still nobody's to read.
    internal string Variables => JsonSerializer.Serialize(session.All().Where(variable => variable.Key is not "oauth_tokens").ToDictionary(), _readable);

    public void OnGet()
    {
        Visits = session.Increment("visits");
        Message = session.GetFlash<string>("message");
    }

    public IActionResult OnPostFlash(string? message) =>
        Back("flash-message", UserText.Clean(message, 200) is { } text ? text : "Write something first, of up to 200 characters.");

    public IActionResult OnPostAdd(int product) => ChangeCart(product, found =>
        $"{found.Name}: {Cart.Step(found, 1)} in the cart.");

    public IActionResult OnPostStep(int product, int by) => ChangeCart(product, found =>
        $"{found.Name}: {Cart.Step(found, Math.Sign(by))} in the cart.");

    public IActionResult OnPostRemove(int product) => ChangeCart(product, found =>
    {
        Cart.Remove(found);
        return $"{found.Name} removed.";
    });

    public IActionResult OnPostRotate()
    {
        string before = Known.IdMark;
        session.Rotate();
        return Back("session", $"Rotated: the id’s mark went from {before} to {IdMark.Of(session)}. Everything else stayed.");
    }

    public IActionResult OnPostRevoke()
    {
        session.Rotate(revokePrevious: true);
        return Back("session", "Rotated and revoked: every earlier id of this session is worthless now.");
    }

    public IActionResult OnPostSignIn(string? name)
    {
        if (UserText.Clean(name, 64) is not { } who)
        {
            return Back("session", "Give a name of up to 64 characters.");
        }

        // A demo of sessions, not of passwords.
        session.AttachPrincipal(who);
        return Back("session", $"Signed in as {who}. An id from before the sign-in is good for nothing now.");
    }

    public IActionResult OnPostSignOut()
    {
        session.AttachPrincipal(null);
        return Back("session", "Signed out.");
    }

    public IActionResult OnPostDestroy()
    {
        session.Destroy();
        return Back("session", "Destroyed. This message is the first thing in a new session.");
    }

    public IActionResult OnPostCopy()
    {
        thief.Copy(session, Request);
        return Back("device", "Copied: all cookies of this page, as malware does.");
    }

    public async Task<IActionResult> OnPostUseCopyAsync()
    {
        if (Copy is not { } copy)
        {
            return Back("device", "Copy them first.");
        }

        string all = await thief.OpensAsync(copy, HttpContext) ? "The copy opens your session" : "The copy opens nothing";
        string rest = !copy.HasBoundCookie ? "." : await thief.OpensAsync(copy.WithoutBoundCookie, HttpContext) ? ", also without the bound cookie." : "; nothing without the bound cookie.";
        return Back("device", all + rest);
    }

    private RedirectToPageResult ChangeCart(int number, Func<Product, string> change) =>
        Back("cart", Product.Find(number) is { } product ? change(product) : "There is no such product.");

    private RedirectToPageResult Back(string section, string message)
    {
        session.SetFlash("message", message);
        return RedirectToPage(null, null, null, section);
    }
}
