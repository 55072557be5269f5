using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace FuelSessions.Demo.Pages;

/// <summary>Changes the password, which ends the user's other sessions.</summary>
[Authorize]
internal sealed class PasswordModel(Session session, ISessionRegistry registry, SignInManager<IdentityUser> signIn) : PageModel
{
    internal string? Message { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? oldPassword, string? newPassword)
    {
        if (await signIn.UserManager.GetUserAsync(User) is not { } user)
        {
            // The account is gone, and its sessions are not yet.
            return Challenge();
        }

        IdentityResult changed = await signIn.UserManager.ChangePasswordAsync(user, oldPassword ?? "", newPassword ?? "");
        if (!changed.Succeeded)
        {
            Message = string.Join(' ', changed.Errors.Select(error => error.Description));
            return Page();
        }

        string others = await EndOthersAsync(user);

        // This sign-in goes on, with the new security stamp.
        await signIn.RefreshSignInAsync(user);
        session.SetFlash("message", $"Your password is changed. {others}");
        return RedirectToPage("/Account");
    }

    private async Task<string> EndOthersAsync(IdentityUser user)
    {
        try
        {
            return AccountModel.Ended(await registry.EndAllAsync(user.Id, exceptCurrent: true));
        }
        catch (NotSupportedException)
        {
            // A driver that can't tell them: Identity's stamp, which has changed too, ends them when it is next compared.
            return "Other browsers are signed out within half an hour.";
        }
    }
}
