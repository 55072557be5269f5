using System.Buffers.Binary;
using System.Net;
using FuelSessions.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FuelSessions.Tests.Hosting;

public sealed class ArrivalsTests
{
    private readonly FakeTimeProvider _clock = FakeClock.AtPresent();
    private readonly FuelSessionsOptions _options = new() { NewSessionsPerMinute = 1 };

    [Fact]
    public void It_knows_a_bounded_number_of_addresses_and_forgets_the_earliest_first()
    {
        var arrivals = new Arrivals(_clock);
        for (uint number = 0; number < Arrivals.MostNetworks + 1000; number++)
        {
            Assert.Null(arrivals.Refuse(Address(number), _options));
        }

        Assert.InRange(arrivals.Known, Arrivals.MostNetworks - 1, Arrivals.MostNetworks);
        Assert.NotNull(arrivals.Refuse(Address(Arrivals.MostNetworks + 999), _options));
        Assert.Null(arrivals.Refuse(Address(0), _options));
    }

    [Fact]
    public void What_is_over_is_forgotten()
    {
        var arrivals = new Arrivals(_clock);
        for (uint number = 0; number < 1000; number++)
        {
            arrivals.Refuse(Address(number), _options);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(arrivals.Refuse(Address(0), _options));
        Assert.Equal(1, arrivals.Known);
    }

    [Fact]
    public void It_tells_when_the_next_one_may_begin()
    {
        var arrivals = new Arrivals(_clock);
        arrivals.Refuse(Address(1), _options);
        _clock.Advance(TimeSpan.FromSeconds(12.5));
        Assert.Equal(TimeSpan.FromSeconds(48), arrivals.Refuse(Address(1), _options)!.RetryAfter);
    }

    [Fact]
    public void Switched_off_it_remembers_nothing()
    {
        var arrivals = new Arrivals(_clock);
        Assert.Null(arrivals.Refuse(Address(1), new FuelSessionsOptions()));
        Assert.Equal(0, arrivals.Known);
    }

    private static IPAddress Address(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
