using FuelSessions;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddFuelSessions(o =>
{
    o.ExpirationTime = TimeSpan.FromMinutes(20);
    o.CookieName = "shop";
    o.IsEssential = true;
});

var app = builder.Build();
app.UseFuelSessions();

app.MapGet("/", (Session session) =>
{
    long visits = session.Increment("visits");
    return $"Visit {visits}, {session.Get("name", "stranger")}.";
});
app.MapPost("/cart/{sku}", (Session session, string sku) =>
{
    session.Increment($"cart.{sku}");
    return session.Get<Dictionary<string, int>>("cart");
});
app.MapPost("/sign-in/{name}", (Session session, string name) =>
{
    session.AttachPrincipal(name).Set("name", name);
    return Results.NoContent();
});
app.MapPost("/sign-out", (Session session) =>
{
    session.Destroy();
    return Results.NoContent();
});
app.Run();
