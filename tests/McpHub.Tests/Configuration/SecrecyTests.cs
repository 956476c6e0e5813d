namespace McpHub.Tests.Configuration;

/// <summary>No message may hold what could be a token.</summary>
public sealed class SecrecyTests : IDisposable
{
    private const string Secret = "hunter2hunter2";
    private readonly ConfigurationFolder _folder = new();

    public SecrecyTests() => _folder.Environment["TOKEN"] = Secret;

    public static TheoryData<string> Mistakes { get; } =
    [
        """{ "mcpServers": { "s": { "command": "x", "env": { "A": hunter2hunter2 } } } }""",
        """{ "mcpServers": { "s": { "command": "x", "env": { "A": "hunter2hunter2\u0000" } } } }""",
        """{ "mcpServers": { "s": { "command": "x", "env": "hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "command": "x", "env": { "A": ["hunter2hunter2"] } } } }""",
        """{ "mcpServers": { "s": { "command": "x", "env": { "A": "${hunter2hunter2!}" } } } }""",
        """{ "mcpServers": { "s": { "command": "x", "envFile": "secret.env" } } }""",
        """{ "mcpServers": { "s": { "command": "x", "apiKey": "hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "http://h", "headers": { "A": "hunter2hunter2\n" } } } }""",
        """{ "mcpServers": { "s": { "command": "x", "headers": "hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "http://h", "env": "hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "ftp://u:hunter2hunter2@h" } } }""",
        """{ "mcpServers": { "s": { "url": "ftp://h?key=hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "h/mcp?key=hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "u:hunter2hunter2@h/mcp" } } }""",
        """{ "mcpServers": { "s": { "url": "https://hunter2hunter2@h/mcp" } } }""",
        """{ "mcpServers": { "s": "hunter2hunter2" } }""",
        """{ "mcpServers": { "s": { "command": "x --token hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "command": "x", "args": "--token hunter2hunter2" } } }""",
        """{ "mcpServers": { "s": { "url": "ftp://h/${TOKEN}" } } }""",
        """{ "mcpServers": { "s": { "url": "ftp://h/${ABSENT:-hunter2hunter2}" } } }""",
        """{ "mcpServers": { "s": { "url": "ftp://h/${file:token.txt}" } } }""",
        """{ "gateway": { "http": { "url": "http://${TOKEN}" } } }""",
        """{ "gateway": { "timeouts": { "call": "${TOKEN}" } } }""",
        """{ "gateway": { "sizes": { "request": "${TOKEN}" } } }""",
        """{ "gateway": { "naming": { "prefix": "${TOKEN}" } } }""",
        """{ "gateway": { "auth": { "issuers": [{ "issuer": "i", "key": "hunter2hunter2" }] } } }""",
        """{ "gateway": { "auth": { "issuers": [{ "issuer": "i", "key": ["hunter2hunter2"] }] } } }""",
        """{ "gateway": { "auth": { "issuers": "hunter2hunter2" } } }""",
        """{ "gateway": { "auth": { "apiKeys": [{ "name": "n", "hash": "hunter2hunter2" }] } } }""",
        """{ "gateway": { "telemetry": { "otlp": { "endpoint": "http://o", "headers": { "k": { "x": "hunter2hunter2" } } } } } }""",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Issue_HoldsNoSecret(string json)
    {
        _folder.Write("token.txt", Secret + "\n");
        _folder.Write("secret.env", Secret + "\n");

        var result = _folder.Read(json);

        Assert.NotEmpty(result.Issues);
        Assert.DoesNotContain(result.Issues, issue => issue.ToString().Contains(Secret, StringComparison.Ordinal));
    }
}
