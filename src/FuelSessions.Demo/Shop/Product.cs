namespace FuelSessions.Demo.Shop;

/// <param name="Cents">The price of one.</param>
internal sealed record Product(int Number, string Name, int Cents)
{
    internal static IReadOnlyList<Product> All { get; } =
    [
        new(1, "Coffee beans", 1290),
        new(2, "Tea kettle", 3400),
        new(3, "Notebook", 650),
        new(4, "Desk lamp", 4890),
    ];

    internal static Product? Find(int number) => All.FirstOrDefault(product => product.Number == number);
}
