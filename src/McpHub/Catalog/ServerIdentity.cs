using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>Who the gateway says it is.</summary>
internal static class ServerIdentity
{
    public static string Version { get; } =
        System.Reflection.CustomAttributeExtensions.GetCustomAttribute<System.Reflection.AssemblyInformationalVersionAttribute>(
            typeof(ServerIdentity).Assembly)?.InformationalVersion ?? "0.0.0";

    /// <summary>An <c>Implementation</c> object with the members that every revision has.</summary>
    public static byte[] ToJson(string name)
    {
        using var buffer = Utf8Buffer.Rent();
        var identity = new ObjectCopy(buffer);
        identity.Begin("name"u8);
        JsonText.Write(buffer, name);
        identity.Begin("version"u8);
        JsonText.Write(buffer, Version);
        identity.End();
        return buffer.Span.ToArray();
    }
}
