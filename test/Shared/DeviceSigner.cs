using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FuelSessions.Tests;

/// <summary>A device's key in software, and JWS of it, well-formed or not.</summary>
public sealed class DeviceSigner(string algorithm = "ES256", int rsaBits = 2048) : IDisposable
{
    private readonly ECDsa? _ec = algorithm == "ES256" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
    private readonly RSA? _rsa = algorithm == "ES256" ? null : RSA.Create(rsaBits);

    public string Algorithm => algorithm;

    public string Jwk
    {
        get
        {
            if (_ec is not null)
            {
                ECPoint q = _ec.ExportParameters(false).Q;
                return $$"""{"crv":"P-256","kty":"EC","x":"{{Text(q.X!)}}","y":"{{Text(q.Y!)}}"}""";
            }

            RSAParameters rsa = _rsa!.ExportParameters(false);
            return $$"""{"e":"{{Text(rsa.Exponent!)}}","kty":"RSA","n":"{{Text(rsa.Modulus!)}}"}""";
        }
    }

    /// <summary>As Chromium makes it for a registration.</summary>
    public string Register(string challenge, string authorization) => Sign(
        $$"""{"alg":"{{algorithm}}","jwk":{{Jwk}},"typ":"dbsc+jwt"}""",
        $$"""{"jti":"{{challenge}}","authorization":"{{authorization}}"}""");

    /// <summary>As Chromium makes it for a refresh.</summary>
    public string Refresh(string challenge) => Sign($$"""{"alg":"{{algorithm}}","typ":"dbsc+jwt"}""", $$"""{"jti":"{{challenge}}"}""");

    /// <summary>Whatever it is.</summary>
    public string Sign(string header, string payload)
    {
        string message = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(payload))}";
        byte[] bytes = Encoding.ASCII.GetBytes(message);
        byte[] signature = _ec?.SignData(bytes, HashAlgorithmName.SHA256) ?? _rsa!.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{message}.{Text(signature)}";
    }

    public void Dispose()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
