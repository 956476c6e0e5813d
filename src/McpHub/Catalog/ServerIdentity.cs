using System.Text.Json;
using McpHub.Protocol;

namespace McpHub.Catalog;

/// <summary>Who the gateway says it is.</summary>
internal static class ServerIdentity
{
    public static string Version { get; } =
        System.Reflection.CustomAttributeExtensions.GetCustomAttribute<System.Reflection.AssemblyInformationalVersionAttribute>(
            typeof(ServerIdentity).Assembly)?.InformationalVersion ?? "0.0.0";

    /// <summary>An <c>Implementation</c> object with the members that every revision has.</summary>
    public static byte[] ToJson(string name) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["name"] = name, ["version"] = Version }, JsonDefaults.Options);
}
