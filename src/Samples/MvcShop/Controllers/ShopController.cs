using FuelSessions;
using Microsoft.AspNetCore.Mvc;
using MvcShop.Models;

namespace MvcShop.Controllers;

public sealed class ShopController(ISessionStore sessions) : Controller
{
    private Session Session => sessions.Current;

    public IActionResult Index() => View(new ShopView(Product.All, Cart.Of(Session), Session.Principal, Session.GetFlash<string>("message")));

    [HttpPost]
    public IActionResult Add(int id)
    {
        if (Product.All.FirstOrDefault(product => product.Id == id) is not { } product)
        {
            return NotFound();
        }

        Cart.Add(Session, product);
        return Told($"{product.Name} is in the cart.");
    }

    [HttpPost]
    public IActionResult Remove(int id)
    {
        Cart.Remove(Session, id);
        return Told("Removed.");
    }

    [HttpPost]
    public IActionResult Order()
    {
        if (Session.Principal is not { } customer)
        {
            return Told("Sign in to order.");
        }

        decimal total = Cart.Of(Session).Total;
        Cart.Clear(Session);
        return Told(FormattableString.Invariant($"Thank you, {customer}: {total:0.00}."));
    }

    // Said on the next page, once, after the redirect that keeps a reload from posting again.
    private RedirectToActionResult Told(string message)
    {
        Session.SetFlash("message", message);
        return RedirectToAction(nameof(Index));
    }
}
