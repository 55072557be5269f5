using System.Security.Claims;
using System.Security.Principal;
using FuelSessions.Records;

namespace FuelSessions.Authentication;

/// <summary>Whom a ticket says, decoded with the first question: most requests of a signed-in browser ask none.</summary>
internal sealed class DeferredPrincipal(RecordOwner owner) : ClaimsPrincipal
{
    private object? _content = owner;

    public override IEnumerable<ClaimsIdentity> Identities => Principal.Identities;

    public override IIdentity? Identity => Principal.Identity;

    public override IEnumerable<Claim> Claims => Principal.Claims;

    private ClaimsPrincipal Principal => Deferred.Get(ref _content, this, static (_, from) => StoredTicket.Of((RecordOwner)from!).Principal());

    public override void AddIdentities(IEnumerable<ClaimsIdentity> identities) => Principal.AddIdentities(identities);

    public override void AddIdentity(ClaimsIdentity identity) => Principal.AddIdentity(identity);

    public override ClaimsPrincipal Clone() => Principal.Clone();

    public override IEnumerable<Claim> FindAll(Predicate<Claim> match) => Principal.FindAll(match);

    public override IEnumerable<Claim> FindAll(string type) => Principal.FindAll(type);

    public override Claim? FindFirst(Predicate<Claim> match) => Principal.FindFirst(match);

    public override Claim? FindFirst(string type) => Principal.FindFirst(type);

    public override bool HasClaim(Predicate<Claim> match) => Principal.HasClaim(match);

    public override bool HasClaim(string type, string value) => Principal.HasClaim(type, value);

    public override bool IsInRole(string role) => Principal.IsInRole(role);

    public override void WriteTo(BinaryWriter writer) => Principal.WriteTo(writer);
}
