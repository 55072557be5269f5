using System.ComponentModel.DataAnnotations;
using FuelSessions;
using Microsoft.AspNetCore.Mvc;

namespace MvcShop.Controllers;

public sealed class AccountController(ISessionStore sessions) : Controller
{
    [HttpPost]
    public IActionResult LogIn([Required, StringLength(40)] string name)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        // A shop would ask for more than a name. The cart stays; every id from before dies, also one that somebody has planted.
        sessions.Current.AttachPrincipal(name);
        return RedirectToAction("Index", "Shop");
    }

    [HttpPost]
    public IActionResult LogOut()
    {
        sessions.Current.Destroy();
        return RedirectToAction("Index", "Shop");
    }
}
