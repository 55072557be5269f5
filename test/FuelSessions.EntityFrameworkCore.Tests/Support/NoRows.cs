using System.Data;
using System.Data.Common;

namespace FuelSessions.EntityFrameworkCore.Tests.Support;

/// <summary>A result without rows, but with the columns of the query: a retrying provider checks them.</summary>
internal static class NoRows
{
    internal static DbDataReader Reader(string query)
    {
        var table = new DataTable();
        if (query.Contains("payload", StringComparison.Ordinal))
        {
            table.Columns.Add("Expires", typeof(long));
            table.Columns.Add("Payload", typeof(byte[]));
        }
        else
        {
            table.Columns.Add("xml", typeof(string));
        }

        return table.CreateDataReader();
    }
}
