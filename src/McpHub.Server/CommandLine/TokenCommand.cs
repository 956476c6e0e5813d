using System.CommandLine;
using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Configuration.Reading;
using McpHub.Security.Authentication;
using McpHub.Server.Output;

namespace McpHub.Server.CommandLine;

/// <summary><c>token</c>: issues tokens for development, and makes the keys that the configuration needs.</summary>
internal sealed class TokenCommand
{
    private const string DevelopmentIssuer = "mcphub-development";

    /// <summary>What a claim of the token's own or of another option is; to give it twice would make a token that nobody accepts.</summary>
    private static readonly string[] Reserved = ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "client_id", "scope", "cnf"];

    private readonly Option<string> _subject = new("--subject") { HelpName = "NAME", Description = "Whom the token is for." };
    private readonly Option<string[]> _scopes = new("--scope") { HelpName = "SCOPE", Description = "A scope; as often as needed.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _roles = new("--role") { HelpName = "ROLE", Description = "A role; as often as needed.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _client = new("--client") { HelpName = "ID", Description = "The program that acts for the caller." };
    private readonly Option<string[]> _claims = new("--claim") { HelpName = "NAME=VALUE", Description = "A further claim; as often as needed." };
    private readonly Option<string> _server = new("--server") { HelpName = "NAME", Description = "For the endpoint of this server instead of that of all." };
    private readonly Option<string> _issuer = new("--issuer") { HelpName = "ISSUER", Description = "Which of the issuers with a private key signs. Default: the first." };
    private readonly Option<string> _newKey = new("--new-key") { HelpName = "FILE", Description = "Make a key pair in this file instead, and say what to configure." };
    private readonly Option<string> _newApiKey = new("--new-api-key") { HelpName = "NAME", Description = "Make an API key for NAME instead, and say what to configure." };
    private readonly Option<TimeSpan?> _expires = OneShot.DurationOption("--expires", "How long the token is good. Default: 1h.");

    public static Command Create(CommonOptions common)
    {
        var token = new TokenCommand();
        var command = new Command("token", "Issues a token for development, with a key of the configuration. Makes such keys, and API keys.");
        foreach (var option in new Option[]
        {
            token._subject, token._scopes, token._roles, token._client, token._claims, token._expires, token._server, token._issuer, token._newKey, token._newApiKey,
        })
        {
            command.Add(option);
        }

        command.SetAction(parsed => token.Run(parsed, common));
        return command;
    }

    private int Run(ParseResult parsed, CommonOptions common)
    {
        if (parsed.GetValue(_newKey) is { } file)
        {
            return MakeKey(file);
        }

        var loaded = LoadedConfiguration.Load(common.ConfigFile(parsed));
        if (!loaded.Report(Console.Error))
        {
            return ExitCode.Usage;
        }

        return parsed.GetValue(_newApiKey) is { } name
            ? MakeApiKey(name, loaded.Config!.Gateway.Auth.ApiKeyPrefix)
            : Issue(parsed, loaded.Config!);
    }

    private int Issue(ParseResult parsed, HubConfig config)
    {
        if (parsed.GetValue(_subject) is not { Length: > 0 } subject)
        {
            return Fail("say whom the token is for: --subject NAME.");
        }

        if (FindKey(config, parsed.GetValue(_issuer), out var issuer) is not { } key)
        {
            return ExitCode.Usage;
        }

        var audience = ProtectedResources.RootUri(config);
        if (parsed.GetValue(_server) is { } server)
        {
            if (config.Upstreams.FirstOrDefault(u => !u.Disabled && u.Name == server) is null)
            {
                return Fail($"there is no server '{Printable.Line(server)}'. There are: {string.Join(", ", config.Upstreams.Where(u => !u.Disabled).Select(u => u.Name))}.");
            }

            audience += "/" + ServerPath.From(server);
        }

        var claims = (parsed.GetValue(_claims) ?? []).Select(claim => claim.Split('=', 2)).ToArray();
        if (claims.FirstOrDefault(claim => claim.Length < 2 || claim[0].Length == 0 || Reserved.Contains(claim[0], StringComparer.Ordinal)) is { } wrong)
        {
            return Fail($"--claim {Printable.Line(string.Join('=', wrong))} is not NAME=VALUE, or the name is one that another option writes.");
        }

        var token = new DevelopmentToken
        {
            Issuer = issuer!.Issuer,
            Audience = audience,
            Subject = subject,
            Lifetime = parsed.GetValue(_expires) ?? TimeSpan.FromHours(1),
            Client = parsed.GetValue(_client),
            Scopes = parsed.GetValue(_scopes) ?? [],
            Roles = parsed.GetValue(_roles) ?? [],
            RolesClaim = issuer.RolesClaim,
            Claims = claims.ToLookup(claim => claim[0], claim => claim[1]),
        };
        Console.WriteLine(token.Sign(key, TimeProvider.System.GetUtcNow()));
        return ExitCode.Ok;
    }

    private static VerificationKey? FindKey(HubConfig config, string? wanted, out IssuerConfig? issuer)
    {
        foreach (var candidate in config.Gateway.Auth.Issuers.Where(i => i.Key is not null && (wanted is null || i.Issuer == wanted)))
        {
            if (VerificationKey.TryReadPem(candidate.Key!, out var key, out _) && key!.CanSign)
            {
                issuer = candidate;
                return key;
            }
        }

        issuer = null;
        Fail(wanted is null
            ? "no issuer of the configuration has a private key. 'mcphub token --new-key FILE' makes one and says what to configure."
            : $"the configuration has no issuer '{Printable.Line(wanted)}' with a private key.");
        return null;
    }

    private static int MakeKey(string file)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, options);
            writer.WriteLine(VerificationKey.NewPem());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Fail(File.Exists(file)
                ? $"{Printable.Line(file)} exists already and is left as it is. Choose another name."
                : $"{Printable.Line(file)} could not be written: {e.Message}");
        }

        Console.Error.WriteLine("The key is for development. Whoever has it can be anybody to the gateway. For its configuration:");
        Console.WriteLine($$$"""{ "gateway": { "auth": { "issuers": [{ "issuer": "{{{DevelopmentIssuer}}}", "key": "${file:{{{file.Replace('\\', '/')}}}}" }] } } }""");
        return ExitCode.Ok;
    }

    private static int MakeApiKey(string name, string prefix)
    {
        if (Configuration.Rules.TextRules.Label(name) is { } problem)
        {
            return Fail($"--new-api-key \"{VisibleText.Of(name)}\" {problem.What}. {problem.Mend}");
        }

        var key = ApiKeys.NewKey(prefix);
        Console.Error.WriteLine("The key is shown this once. For the configuration of the gateway, which holds only its hash:");
        Console.Error.WriteLine($$"""{ "name": {{System.Text.Encoding.UTF8.GetString(Protocol.JsonText.Encode(name))}}, "hash": "{{ApiKeys.HashOf(key)}}" }""");
        Console.WriteLine(key);
        return ExitCode.Ok;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"mcphub: {message}");
        return ExitCode.Usage;
    }
}
