using Microsoft.AspNetCore.Http;

namespace FuelSessions.Benchmarks.Server.Variants;

/// <summary>Ours with its sessions bound to devices. Whatever reads one must have come with its bound cookie.</summary>
internal sealed class BoundSession(ServerSettings settings) : OurSession(settings)
{
    public override long Read(HttpContext context) => Session.Current.DeviceProof == DeviceProof.Given
        ? base.Read(context)
        : throw new InvalidOperationException("What is to be measured is not bound.");

    protected override void Add(FuelSessionsBuilder sessions) => sessions.BindToDevice(bind => bind.BindAnonymous = true);
}
