using Microsoft.AspNetCore.Mvc;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddFuelSessions();
builder.Services.AddControllersWithViews(o => o.Filters.Add(new AutoValidateAntiforgeryTokenAttribute()));

WebApplication app = builder.Build();
app.UseFuelSessions();
app.MapControllerRoute("default", "{controller=Shop}/{action=Index}/{id?}");
app.Run();
