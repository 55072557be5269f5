namespace MvcShop.Models;

public sealed record CartLine(Product Product, int Quantity);
