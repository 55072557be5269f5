using System.Security.Cryptography;
using FuelSessions.EntityFrameworkCore;
using FuelSessions.EntityFrameworkCore.Trial;
using FuelSessions.Tokens.EntityFrameworkCore.Schema;
using FuelSessions.Tokens.Stores;

namespace FuelSessions.Tokens.EntityFrameworkCore;

/// <summary>A token of nobody. If the app dies meanwhile it is removed when it has ended, an hour later, as any other.</summary>
internal sealed class TokenTrialRow(DateTimeOffset now) : ITrialRow
{
    private const string Text = "a\\'\"%_?\r\n";

    // As long as a large signed token.
    private static readonly string LongText = Text + new string('x', 9_000);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(TokenRowConfiguration.KeySize);
    private readonly StoredToken _first = new(1, LongText, LongText, now, now.AddHours(1), now.AddHours(1), Text, null, LongText);

    public ValueTask<int> InsertAsync(ContextLease lease, CancellationToken cancellationToken) =>
        TokenStatements.Of(lease).InsertAsync(lease, Row(_first), cancellationToken);

    public ValueTask<int> UpdateAsync(ContextLease lease, CancellationToken cancellationToken) =>
        TokenStatements.Of(lease).UpdateAsync(lease, Row(_first with { Version = 2 }), 1, cancellationToken);

    public ValueTask<int> DeleteAsync(ContextLease lease, CancellationToken cancellationToken) =>
        TokenStatements.Of(lease).DeleteAsync(lease, _key, 2, cancellationToken);

    public async ValueTask<TrialState> StateAsync(ContextLease lease, CancellationToken cancellationToken)
    {
        TokenRow? row = await TokenStatements.Of(lease).SelectAsync(lease, _key, cancellationToken).ConfigureAwait(false);
        return row is null ? TrialState.Absent
            : row.Token() with { Version = 1 } != Whole(_first) ? TrialState.Different
            : row.Version == 1 ? TrialState.First
            : TrialState.Second;
    }

    private TokenRow Row(StoredToken token) => TokenRow.Of(_key, "trial", token);

    // As it comes back: in milliseconds.
    private StoredToken Whole(StoredToken token) => Row(token).Token();
}
