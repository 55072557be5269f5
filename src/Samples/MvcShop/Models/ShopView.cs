namespace MvcShop.Models;

public sealed record ShopView(IReadOnlyList<Product> Products, Cart Cart, string? Customer, string? Message);
