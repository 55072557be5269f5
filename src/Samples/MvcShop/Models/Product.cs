namespace MvcShop.Models;

public sealed record Product(int Id, string Name, decimal Price)
{
    public static Product[] All { get; } = [new(1, "Fountain pen", 24.50m), new(2, "Ink", 7.90m), new(3, "Notebook", 12.00m)];
}
