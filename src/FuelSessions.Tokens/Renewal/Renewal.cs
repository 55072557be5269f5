using System.Security.Cryptography;
using FuelSessions.Tokens.Endpoint;

namespace FuelSessions.Tokens.Renewal;

/// <summary>
/// One renewal of one token: takes what another has renewed, or else asks the provider, while no other process does. What can't be closed:
/// a process that dies between the moment when the provider takes the refresh token and its own write takes the new one with it.
/// </summary>
/// <param name="answerEarly">Answers those who wait, while the renewal goes on.</param>
internal sealed partial class Renewal(RenewalTools tools, TokenKey key, string? rejected, Action<Task<OAuthToken>> answerEarly)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    // When the lock was asked for, before which it can't have begun. By a clock that nobody sets.
    private long _acquired;

    // As it was read last.
    private HeldToken _held = new(OAuthToken.Empty, OAuthToken.Empty);

    /// <summary>A token that is fresh and not the rejected one; or one that could not be renewed this time but is still alive.</summary>
    internal async Task<OAuthToken> RunAsync()
    {
        try
        {
            OAuthToken token = await TakeTurnAsync().ConfigureAwait(false);
            tools.Recent.Add(key, token.AccessToken);
            return token;
        }
        catch (TokenRefusedException error)
        {
            tools.Diagnostics.Refused(key, error);
            throw;
        }
        catch (TokenRequestException error) when (error.IsRest && IsOfUse(_held.Token))
        {
            return _held.Token;
        }
        catch (TokenRequestException error) when (!error.IsRest && error.IsTransient && IsOfUse(_held.Token))
        {
            tools.Diagnostics.FailedButAlive(key, error);
            return _held.Token;
        }
        catch (Exception error) when (error is not TokenRequestException { IsRest: true })
        {
            tools.Diagnostics.Failed(key, error);
            throw;
        }
    }

    private async Task<OAuthToken> TakeTurnAsync()
    {
        using var patience = new CancellationTokenSource(tools.Options.LockLifetime + tools.Options.RequestTimeout, tools.Clock);
        IAsyncDisposable? hold = null;
        try
        {
            hold = await AcquireAsync(patience.Token).ConfigureAwait(false);
            if (hold is null)
            {
                tools.Diagnostics.Adopted(key);
                return _held.Token;
            }

            return await RefreshAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            // Nobody else can have cancelled it.
            throw new TokenRequestException(
                $"The token of client '{tools.Client}' could not be renewed within LockLifetime and RequestTimeout: another process has been at it all the time, or the token store does not answer.",
                inner: error);
        }
        finally
        {
            await ReleaseAsync(hold).ConfigureAwait(false);
        }
    }

    /// <summary>The lock; null if meanwhile another has renewed the token.</summary>
    private async Task<IAsyncDisposable?> AcquireAsync(CancellationToken patience)
    {
        TimeSpan pause = ShortestPause;
        while (!await IsRenewedAsync(patience).ConfigureAwait(false))
        {
            if (Ask() is { } question)
            {
                tools.Rests.ThrowIfResting(key, question.Grant);
            }

            _acquired = tools.Clock.GetTimestamp();
            if (await tools.Lock.TryAcquireAsync(key, tools.Options.LockLifetime, patience).ConfigureAwait(false) is { } hold)
            {
                bool isRenewed = true;
                try
                {
                    // Read again: whoever had the lock has left something, be it only that it was under way.
                    isRenewed = await IsRenewedAsync(patience).ConfigureAwait(false);
                    if (!isRenewed && !await tools.Begun.IsUnderWayAsync(key, _held.Token, patience).ConfigureAwait(false))
                    {
                        return hold;
                    }
                }
                catch
                {
                    await ReleaseAsync(hold).ConfigureAwait(false);
                    throw;
                }

                await ReleaseAsync(hold).ConfigureAwait(false);
                if (isRenewed)
                {
                    return null;
                }
            }

            if (pause == ShortestPause)
            {
                tools.Diagnostics.LockWait();
            }

            // Half of it at random, so that those who wait do not all ask at once.
            await Task.Delay(pause * (1 - RandomNumberGenerator.GetInt32(512) / 1024.0), tools.Clock, patience).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }

        return null;
    }

    private async Task<bool> IsRenewedAsync(CancellationToken cancellationToken)
    {
        _held = await tools.Shelf.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        return _held.Token.AccessToken != rejected
            && _held.Token.IsFresh(tools.Clock.GetUtcNow(), tools.Options.RenewBefore, Question.OnDemand(key, tools.Options) is not null);
    }

    private bool IsOfUse(OAuthToken token) => token.AccessToken != rejected && token.IsAlive(tools.Clock.GetUtcNow());

    private Question? Ask() => Question.Of(_held.Token, key, tools.Options, tools.Clock.GetUtcNow());

    private async Task<OAuthToken> RefreshAsync()
    {
        Question question = Ask() ?? throw new TokenRefusedException(_held.Token.AccessToken.Length == 0
            ? $"Client '{tools.Client}' has no token to renew: nobody has signed in by '{key.Identity.Type}', or somebody has signed out. Sign in."
            : $"The access token of client '{tools.Client}' is no good any more, and the provider gave no refresh token to renew it with. Sign in again.") { Client = tools.Client };
        OAuthToken next;
        try
        {
            next = await AskAsync(question).ConfigureAwait(false);
        }
        catch (TokenRefusedException refusal)
        {
            if (!question.UsesRefreshToken || Question.OnDemand(key, tools.Options) is not { } onDemand)
            {
                return await AdoptOrClearAsync(refusal).ConfigureAwait(false);
            }

            next = await AskAsync(onDemand).ConfigureAwait(false);
            question = onDemand;
        }

        next = Issue.Complete(next, question.UsesRefreshToken ? _held.Token : OAuthToken.Empty, tools.Options);
        if (!await tools.Shelf.ReplaceAsync(key, _held, next).ConfigureAwait(false))
        {
            return await YieldAsync(next).ConfigureAwait(false);
        }

        await tools.Remembered.ProlongAsync(key, next).ConfigureAwait(false);
        tools.Diagnostics.Refreshed(key);
        return next;
    }

    private async Task ReleaseAsync(IAsyncDisposable? hold)
    {
        try
        {
            await (hold?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It ends by itself; the renewal is done.
            tools.Diagnostics.ReleaseFailed(key, error);
        }
    }
}
