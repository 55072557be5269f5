using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Demo.Web;

/// <summary>Tells ids apart on a page without showing them: who knows an id owns its session.</summary>
internal static class IdMark
{
    /// <summary>The beginning of the id's hash, 6 hexadecimal digits.</summary>
    internal static string Of(Session session) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(session.Key() ?? "")).AsSpan(0, 3));
}
