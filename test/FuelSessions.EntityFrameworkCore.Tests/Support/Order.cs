namespace FuelSessions.EntityFrameworkCore.Tests.Support;

internal sealed class Order
{
    public int Id { get; set; }

    public string Article { get; set; } = "";
}
