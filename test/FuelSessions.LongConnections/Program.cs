using FuelSessions.LongConnections;
using FuelSessions.LongConnections.Components;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddFuelSessions(o => o.Driver = "memory");
builder.Services.AddSignalR();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

WebApplication app = builder.Build();
app.UseFuelSessions();
app.UseWebSockets();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapLongConnections();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
app.Run();
