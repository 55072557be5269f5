using FuelSessions.Demo.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>Makes an account, and signs in to it.</summary>
internal sealed class RegisterModel(Session session, SignInManager<IdentityUser> signIn) : PageModel
{
    internal const int LongestName = 64;

    internal string? Message { get; private set; }

    internal string? Name { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? name, string? password)
    {
        Name = UserText.Clean(name, LongestName);
        var user = new IdentityUser(Name ?? "");
        IdentityResult made = await signIn.UserManager.CreateAsync(user, password ?? "");
        if (!made.Succeeded)
        {
            Message = string.Join(' ', made.Errors.Select(error => error.Description));
            return Page();
        }

        await signIn.SignInAsync(user, isPersistent: false);
        session.SetFlash("message", "Your account is made, and you are signed in.");
        return RedirectToPage("/Account");
    }
}
