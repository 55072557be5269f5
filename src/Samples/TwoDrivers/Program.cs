using FuelSessions;
using Microsoft.EntityFrameworkCore;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string? database = builder.Configuration.GetConnectionString("Sessions");
builder.Services.AddFuelSessions(o => o.Driver = "db")
    .AddDbDriver(db => db.UseSqlite(database))
    .PersistDataProtectionKeys();

WebApplication app = builder.Build();
app.UseFuelSessions();

// What must not be lost is in the database. It is the default driver: the parameter is its session.
app.MapGet("/cart", (Session session) => session.Get<Dictionary<string, int>>("cart") ?? []);
app.MapPost("/cart/{sku}", (Session session, string sku) => session.Increment($"cart.{sku}"));
app.MapDelete("/cart", (Session session) =>
{
    session.Destroy();
    return TypedResults.NoContent();
});

// What a browser may forget, it keeps itself: no row and no statement for every visitor who chose a theme.
RouteGroupBuilder preferences = app.MapGroup("/preferences").WithSession("cookie");
preferences.MapGet("/", async (ISessionStore sessions) => (await sessions.ForgeAsync("cookie")).All());
preferences.MapPut("/theme/{name}", async (ISessionStore sessions, string name) =>
{
    Session session = await sessions.ForgeAsync("cookie");
    session.Set("theme", name);
    return TypedResults.NoContent();
});

// Both in one request: two sessions with cookies, ids and lives of their own.
app.MapGet("/", async (Session session, ISessionStore sessions) => new
{
    items = session.Get<Dictionary<string, int>>("cart")?.Values.Sum() ?? 0,
    theme = (await sessions.ForgeAsync("cookie")).Get("theme", "light"),
}).WithSession("db", "cookie");

await app.Services.EnsureFuelSessionsCreatedAsync();
app.Run();
