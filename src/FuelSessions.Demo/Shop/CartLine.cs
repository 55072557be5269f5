namespace FuelSessions.Demo.Shop;

internal sealed record CartLine(Product Product, int Quantity)
{
    internal int Cents => Product.Cents * Quantity;
}
