using Blazor.Components;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddFuelSessions();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

WebApplication app = builder.Build();
app.UseFuelSessions();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
app.Run();
