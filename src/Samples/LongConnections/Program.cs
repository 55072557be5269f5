using LongConnections;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddFuelSessions();
builder.Services.AddSignalR();

WebApplication app = builder.Build();
app.UseFuelSessions();
app.UseWebSockets();
app.MapStaticAssets().WithoutSession();
app.MapLongConnections();
app.MapFallbackToFile("index.html").WithoutSession();
app.Run();
