WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// TempData's session provider reads and writes HttpContext.Session, which is served from the same session.
builder.Services.AddFuelSessions(o => o.NativeEmulation = true);
builder.Services.AddRazorPages().AddSessionStateTempDataProvider();

WebApplication app = builder.Build();
app.UseFuelSessions();
app.MapRazorPages();
app.Run();
