using FuelSessions;
using FuelSessions.Demo;
using FuelSessions.Demo.Accounts;
using FuelSessions.Demo.Api;
using FuelSessions.Demo.Authority;
using FuelSessions.Demo.Client;
using FuelSessions.Demo.Theft;
using FuelSessions.Demo.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

try
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
    builder.UseDefaultAddress("http://127.0.0.1:5080");
    string data = builder.CreateDataFolder();

    // Which driver is used says the configuration: appsettings.json, or --FuelSessions:Driver=cookie|file|db|memory.
    builder.Services.AddFuelSessions(options => options.Path ??= Path.Combine(data, "sessions"))
        .AddDbDriver(db => db.UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "sessions.db") }.ToString()))
        .PersistDataProtectionKeys()
        .BindToDevice(bind =>
        {
            // As short as browsers sign often enough for, so that a visitor sees a copied cookie end.
            bind.BoundTime = TimeSpan.FromMinutes(5);
            bind.OnUnboundRequest = UnboundRequestAction.Refuse;
        })
        .AddDashboard();
    builder.AddAccounts(data);
    builder.Services.AddSingleton<Thief>();
    builder.AddProviderClient(data);
    builder.Services.AddRazorPages();
    builder.Services.AddProblemDetails();

    await using WebApplication app = builder.Build();
    if (!app.Environment.IsDevelopment())
    {
        app.UseExceptionHandler();
    }

    app.UseStatusCodePages();
    app.UseSecurityHeaders();
    app.UseFuelSessions();
    app.UseAuthorityCounts();
    app.UseAuthentication();
    app.UseAuthorization();

    app.MapStaticAssets().WithoutSession();
    app.MapRazorPages().WithSession().WithStaticAssets();
    app.MapSessionEndpoints("/account/sessions");
    app.MapDemoApi();
    app.MapProvider();
    if (app.Environment.IsDevelopment())
    {
        // Elsewhere it would need to know who comes: .RequireAuthorization("Admin").
        app.MapFuelSessionsDashboard("/fuelsessions");
    }

    await app.EnsureFuelSessionsCreatedAsync();
    await app.Services.EnsureAccountsCreatedAsync();
    await app.Services.EnsureAuthorityCreatedAsync(app.Services.GetRequiredService<AuthorityClient>());
    try
    {
        await app.StartAsync();
    }
    catch (InvalidOperationException error) when (app.WantsHttps())
    {
        return StartUp.Refuse(error.Message.Split(Environment.NewLine));
    }

    app.Announce(data);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (OptionsValidationException error)
{
    return StartUp.Refuse([.. error.Failures]);
}
catch (IOException error) when (error.InnerException is AddressInUseException)
{
    return StartUp.Refuse(error.Message, "Choose another one: dotnet run --project src/FuelSessions.Demo --urls http://127.0.0.1:5081");
}
