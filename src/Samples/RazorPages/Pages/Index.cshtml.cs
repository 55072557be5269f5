using System.ComponentModel.DataAnnotations;
using FuelSessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace RazorPages.Pages;

public sealed class IndexModel(ISessionStore sessions) : PageModel
{
    [TempData]
    public string? Message { get; set; }

    [BindProperty, Required, StringLength(200)]
    public string Text { get; set; } = "";

    public IReadOnlyList<string> Notes => sessions.Current.Get<List<string>>("notes") ?? [];

    public IActionResult OnPost()
    {
        if (!ModelState.IsValid)
        {
            return Page();
        }

        // The function is applied to what is stored by then, be it from another tab.
        sessions.Current.Update<List<string>>("notes", notes => [.. notes ?? [], Text]);
        Message = $"Noted: {Text}";
        return RedirectToPage();
    }

    public IActionResult OnPostClear()
    {
        sessions.Current.Delete("notes");
        Message = "All notes are gone.";
        return RedirectToPage();
    }
}
