using Microsoft.EntityFrameworkCore;

namespace FuelSessions.Tests.Conventions;

public partial class ConventionContext
{
    static partial void AddTables(ModelBuilder model) => model.AddTokenSessions();
}
