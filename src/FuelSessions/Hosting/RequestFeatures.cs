using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;

namespace FuelSessions;

/// <summary>
/// The features that each request is asked for, by their type: the framework's generic methods do the same, but are virtual, and such a method is
/// looked up again at each call. On Kestrel that takes longer than to look for the feature.
/// </summary>
internal static class RequestFeatures
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T? Find<T>(this IFeatureCollection features)
        where T : class => (T?)features[typeof(T)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Put<T>(this IFeatureCollection features, T? feature)
        where T : class => features[typeof(T)] = feature;
}
