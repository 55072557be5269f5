namespace FuelSessions.Benchmarks.Load;

/// <summary>One run of one scenario.</summary>
/// <param name="Requests">That the server has begun, those included whose answer came too late to be counted.</param>
/// <param name="RequestsPerSecond">Answered.</param>
/// <param name="P50Microseconds">The median latency.</param>
/// <param name="P99Microseconds">The latency that 99 of 100 requests keep below.</param>
/// <param name="CpuMicroseconds">Of the server process, for a request.</param>
/// <param name="AllocatedBytes">Of the server process, for a request.</param>
/// <param name="Failures">Requests that were not answered, or with an error.</param>
/// <param name="Lost">Requests that counted and are in no counter; null where there is none.</param>
internal sealed record Measurement(
    long Requests,
    double RequestsPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double CpuMicroseconds,
    double AllocatedBytes,
    long Failures,
    long? Lost = null);
