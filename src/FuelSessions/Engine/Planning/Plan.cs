using FuelSessions.Records;

namespace FuelSessions.Engine;

/// <summary>What is to be done to a stored session.</summary>
internal abstract class Plan
{
    /// <summary>Nothing: it is as the request wants it.</summary>
    internal static readonly Plan Keep = new Nothing();

    /// <summary>Nothing, but which id is current by now only the store can say [R5].</summary>
    internal static readonly Plan Look = new Call();

    /// <summary>Nothing ever again: a revoking rotation by another request was faster [W5, R10].</summary>
    internal static readonly Plan Leave = new Nothing();

    /// <summary>It is to be removed [W6, C7].</summary>
    internal static readonly Plan Delete = new Call();

    /// <summary>Nothing can be: the token that was made is not good any more [C6].</summary>
    internal static readonly Plan Refuse = new Nothing();

    private Plan()
    {
    }

    /// <summary>Whether it is done by a call to the store.</summary>
    internal virtual bool AsksStore => true;

    /// <summary>It is to live longer [W7].</summary>
    internal sealed class Touch(DateTimeOffset expires) : Plan
    {
        internal DateTimeOffset Expires => expires;
    }

    /// <summary>A record is to be stored in the place of another [W2].</summary>
    /// <param name="current">Its current secret; null if this request may not know it.</param>
    /// <param name="tokens">The secret of its tokens, as far as this request knows it.</param>
    /// <param name="last">The last of the request's changes that it holds.</param>
    internal sealed class Write(SessionRecord record, SessionSecret? current, SessionSecret? tokens, Variables variables, Change? last) : Plan
    {
        internal SessionRecord Record => record;

        internal SessionSecret? Current => current;

        internal SessionSecret? Tokens => tokens;

        internal Variables Variables => variables;

        internal Change? Last => last;
    }

    private sealed class Call : Plan;

    private sealed class Nothing : Plan
    {
        internal override bool AsksStore => false;
    }
}
