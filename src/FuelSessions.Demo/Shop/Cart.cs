namespace FuelSessions.Demo.Shop;

/// <summary>
/// A cart inside a session: <c>cart.items.3</c> is how many there are of product 3. Each change is at that path alone, so what two
/// tabs do to different products, or to the same one, adds up.
/// </summary>
internal sealed class Cart(Session session)
{
    internal const int Most = 99;

    private const string Items = "cart.items";

    internal IReadOnlyList<CartLine> Lines =>
    [
        .. from item in session.Get<Dictionary<int, int>>(Items) ?? []
           let product = Product.Find(item.Key)
           where product is not null
           orderby product.Number
           select new CartLine(product, item.Value),
    ];

    internal static string PathOf(Product product) => $"{Items}.{product.Number}";

    /// <summary>Adds to the quantity, and stays between 1 and <see cref="Most"/>. Update is exact: it runs again if another request was faster.</summary>
    internal int Step(Product product, int by) =>
        session.Update<int>(PathOf(product), quantity => Math.Clamp(quantity + by, 1, Most));

    internal void SetQuantity(Product product, int quantity) => session.Set(PathOf(product), quantity);

    internal void Remove(Product product) => session.Delete(PathOf(product));
}
