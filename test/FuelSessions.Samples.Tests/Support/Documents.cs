namespace FuelSessions.Samples.Tests.Support;

/// <summary>The pages of docs and the sources of the samples, by their paths.</summary>
internal static class Documents
{
    internal static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Documents).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"There is no {name}."));
        return reader.ReadToEnd();
    }
}
