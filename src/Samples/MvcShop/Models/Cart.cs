using FuelSessions;

namespace MvcShop.Models;

/// <summary>What of each product is in the session, under <c>cart.ID</c>.</summary>
public sealed record Cart(IReadOnlyList<CartLine> Lines)
{
    public decimal Total => Lines.Sum(line => line.Quantity * line.Product.Price);

    public static Cart Of(Session session) =>
        new([.. Product.All.Select(product => new CartLine(product, session.Get<int>($"cart.{product.Id}"))).Where(line => line.Quantity > 0)]);

    // One path of the session, changed where it is stored: two tabs that add at the same time both count.
    public static void Add(Session session, Product product) => session.Increment($"cart.{product.Id}");

    public static void Remove(Session session, int id) => session.Delete($"cart.{id}");

    public static void Clear(Session session) => session.Delete("cart");
}
