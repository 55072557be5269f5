using System.Security.Claims;
using System.Security.Principal;
using FuelSessions.Authentication;
using FuelSessions.Records;
using Microsoft.AspNetCore.Authentication;

namespace FuelSessions.Tests.Authentication;

/// <summary>A ticket that is decoded when somebody asks: each request has its own, and it is one ticket for all who ask.</summary>
public class StoredTicketTests
{
    private static readonly RecordOwner Owner = new("ann")
    {
        Ticket = StoredTicket.Write(new AuthenticationTicket(Principals.Named("ann"), new AuthenticationProperties { IsPersistent = true, RedirectUri = "/next" }, "Here")),
    };

    [Fact]
    public void What_a_request_adds_is_there_and_not_in_the_next_one()
    {
        AuthenticationTicket first = StoredTicket.Deferred(Owner, "Here");
        first.Principal.AddIdentity(new ClaimsIdentity([new Claim("colour", "red")]));
        first.Properties.Items["colour"] = "blue";
        first.Properties.SetParameter("colour", "green");
        first.Properties.RedirectUri = null;

        AuthenticationTicket next = StoredTicket.Deferred(Owner, "Here");
        Assert.Equal(["red blue green ", "   /next"], [Said(first), Said(next)]);
        Assert.Equal([2, 1], [first.Principal.Identities.Count(), next.Principal.Identities.Count()]);
        Assert.Equal([true, true], [first.Properties.IsPersistent, next.Properties.IsPersistent]);
        Assert.Equal(Said(first), Said(first.Clone()));
        Assert.Equal("ann", first.Principal.Identity?.Name);
        Assert.Equal("ann", next.Principal.Identity?.Name);
    }

    [Fact]
    public async Task All_who_ask_at_once_get_the_same()
    {
        for (int i = 0; i < 100; i++)
        {
            AuthenticationTicket ticket = StoredTicket.Deferred(Owner, "Here");
            using var start = new Barrier(2);
            IIdentity?[] asked = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return ticket.Principal.Identity;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.Same(asked[0], asked[1]);
        }
    }

    [Fact]
    public void Who_was_slower_gets_what_the_faster_one_has_made()
    {
        object? content = "what it is made of";
        int[] faster = [1];
        int[] got = Deferred.Get(ref content, this, (_, from) =>
        {
            Assert.Equal("what it is made of", from);
            content = faster;
            return (int[])[2];
        });
        Assert.Same(faster, got);
        Assert.Same(faster, Deferred.Get(ref content, this, static (_, _) => (int[])[3]));
    }

    private static string Said(AuthenticationTicket ticket)
    {
        AuthenticationProperties properties = ticket.Properties;
        return $"{ticket.Principal.FindFirst("colour")?.Value} {properties.GetString("colour")} {properties.GetParameter<string>("colour")} {properties.RedirectUri}";
    }
}
