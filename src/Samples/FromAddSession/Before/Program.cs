using System.Text.Json;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDistributedMemoryCache();
builder.Services.AddSession(o =>
{
    o.IdleTimeout = TimeSpan.FromMinutes(20);
    o.Cookie.Name = "shop";
    o.Cookie.IsEssential = true;
});

var app = builder.Build();
app.UseSession();

app.MapGet("/", async (HttpContext http) =>
{
    await http.Session.LoadAsync();
    int visits = (http.Session.GetInt32("visits") ?? 0) + 1;
    http.Session.SetInt32("visits", visits);
    return $"Visit {visits}, {http.Session.GetString("name") ?? "stranger"}.";
});
app.MapPost("/cart/{sku}", (HttpContext http, string sku) =>
{
    string? stored = http.Session.GetString("cart");
    var cart = stored is null ? [] : JsonSerializer.Deserialize<Dictionary<string, int>>(stored)!;
    cart[sku] = cart.GetValueOrDefault(sku) + 1;
    http.Session.SetString("cart", JsonSerializer.Serialize(cart));
    return cart;
});
app.MapPost("/sign-in/{name}", (HttpContext http, string name) =>
{
    http.Session.SetString("name", name);
    return Results.NoContent();
});
app.MapPost("/sign-out", (HttpContext http) =>
{
    http.Session.Clear();
    return Results.NoContent();
});
app.Run();
