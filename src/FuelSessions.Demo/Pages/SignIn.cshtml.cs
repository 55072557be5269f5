using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>Signs in with a password. Who comes from a page that demands it goes back there.</summary>
internal sealed class SignInModel(Session session, SignInManager<IdentityUser> signIn) : PageModel
{
    internal string? Message { get; private set; }

    internal string? Name { get; private set; }

    public void OnGet() => Message = session.GetFlash<string>("message");

    public async Task<IActionResult> OnPostAsync(string? name, string? password, bool keep, string? returnUrl)
    {
        Microsoft.AspNetCore.Identity.SignInResult result = await signIn.PasswordSignInAsync(name ?? "", password ?? "", isPersistent: keep, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : Url.Page("/Account")!);
        }

        Name = name;
        Message = result.IsLockedOut ? "Too many wrong passwords: this account takes none for five minutes." : "There is no such account with that password.";
        return Page();
    }
}
