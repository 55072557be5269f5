namespace FuelSessions.Benchmarks.Load;

/// <summary>What a figure lies between.</summary>
internal readonly record struct Interval(double Low, double High);
