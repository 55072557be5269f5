namespace FuelSessions.Records;

/// <summary>How a device signs (RFC 7518, 3.1): what DBSC browsers know. The numbers are stored.</summary>
internal enum DeviceKeyAlgorithm : byte
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256 = 1,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RS256 = 2,
}
