namespace FuelSessions.Benchmarks.Load;

/// <summary>What wrk says of one run.</summary>
/// <param name="Answered">Requests whose answer came before the end.</param>
/// <param name="Duration">Of the run.</param>
/// <param name="P50">The median latency, as wrk corrects it for the time in which it could not send.</param>
/// <param name="P99">The latency that 99 of 100 requests keep below.</param>
/// <param name="Failures">Broken connections, timeouts, and answers that are none of 2xx and 3xx.</param>
internal sealed record WrkResult(long Answered, TimeSpan Duration, TimeSpan P50, TimeSpan P99, long Failures);
