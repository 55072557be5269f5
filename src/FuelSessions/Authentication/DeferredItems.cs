using FuelSessions.Records;

namespace FuelSessions.Authentication;

/// <summary>The items of a ticket's properties, decoded with the first use.</summary>
internal sealed class DeferredItems(RecordOwner owner) : DeferredDictionary<string?>(owner)
{
    protected override IDictionary<string, string?> Make(object? source) => StoredTicket.Of((RecordOwner)source!).Properties().Items;
}
