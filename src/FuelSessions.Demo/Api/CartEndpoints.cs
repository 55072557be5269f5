using FuelSessions.Demo.Shop;

namespace FuelSessions.Demo.Api;

internal static class CartEndpoints
{
    internal static void MapCart(this IEndpointRouteBuilder api)
    {
        api.MapGet("/cart", (Session session) => View(session)).WithReadOnlySession();
        api.MapPost("/cart/items/{number:int}", (int number, Session session) => Change(number, session, (cart, product) => cart.Step(product, 1)));
        api.MapPut("/cart/items/{number:int}", (int number, Quantity wanted, Session session) => wanted.Value is >= 1 and <= Cart.Most
            ? Change(number, session, (cart, product) => cart.SetQuantity(product, wanted.Value))
            : Results.Problem($"Give a quantity of 1 to {Cart.Most}.", statusCode: StatusCodes.Status400BadRequest));
        api.MapDelete("/cart/items/{number:int}", (int number, Session session) => Change(number, session, (cart, product) => cart.Remove(product)));
    }

    private static IResult Change(int number, Session session, Action<Cart, Product> change)
    {
        if (Product.Find(number) is not { } product)
        {
            return Results.NotFound();
        }

        change(new Cart(session), product);
        return Results.Ok(View(session));
    }

    private static IEnumerable<LineView> View(Session session) =>
        new Cart(session).Lines.Select(line => new LineView(Cart.PathOf(line.Product), line.Product.Name, line.Quantity)).ToList();

    internal sealed record Quantity(int Value);

    internal sealed record LineView(string Path, string Name, int Quantity);
}
