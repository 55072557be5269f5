using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FuelSessions.Tests.Servers;

/// <summary>A certificate for 127.0.0.1 and localhost, and the authority that has signed it, which nobody trusts but who is given it.</summary>
public sealed class TestCertificate : IDisposable
{
    private const string AuthorityFile = "authority.pem";
    private const string CertificateFile = "server.pem";
    private const string KeyFile = "server.key";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private X509Certificate2? _server;

    public TestCertificate()
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using RSA authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=Authority of the tests", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = authority.CreateSelfSigned(from, from.AddDays(3));

        var request = new CertificateRequest("CN=localhost", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.Create(Authority, from, from.AddDays(2), RandomNumberGenerator.GetBytes(8));
    }

    public X509Certificate2 Authority { get; }

    /// <summary>The certificate with its key, for a server in this process.</summary>
    public X509Certificate2 Server => _server ??= _certificate.CopyWithPrivateKey(_key);

    /// <summary>Where the authority's certificate is, once it was saved there.</summary>
    public string? AuthorityPath { get; private set; }

    internal void Save(string folder)
    {
        AuthorityPath = Path.Combine(folder, AuthorityFile);
        File.WriteAllText(AuthorityPath, Authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, CertificateFile), _certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, KeyFile), _key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A Redis server's settings that name the files in that folder.</summary>
    internal static string[] Settings(string folder) =>
    [
        "--tls-cert-file", Path.Combine(folder, CertificateFile),
        "--tls-key-file", Path.Combine(folder, KeyFile),
        "--tls-ca-cert-file", Path.Combine(folder, AuthorityFile),
    ];

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
        _server?.Dispose();
        Authority.Dispose();
    }
}
