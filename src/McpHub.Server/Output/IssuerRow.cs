using McpHub.Security.Authentication;

namespace McpHub.Server.Output;

/// <summary>An issuer of tokens as <c>check</c> shows it.</summary>
/// <param name="Issuer">What its tokens say.</param>
/// <param name="Keys">How many usable keys it publishes.</param>
/// <param name="Reason">Why there are none; <see langword="null"/> if there are.</param>
internal sealed record IssuerRow(string Issuer, int Keys, string? Reason)
{
    public bool IsDown => Reason is not null;

    /// <summary>Fetches the keys of every issuer, or waits for the fetch that is under way.</summary>
    public static async Task<IssuerRow[]> ReadAsync(Authenticator authenticator, CancellationToken cancellationToken)
    {
        var issuers = authenticator.Model?.Issuers.Values.ToArray() ?? [];
        await Task.WhenAll(issuers.Select(issuer => issuer.Keys.RefreshAsync())).WaitAsync(cancellationToken);
        return [.. issuers.Select(i => new IssuerRow(i.Config.Issuer, i.Keys.Current?.Keys.Count ?? 0, i.Keys.Problem)).OrderBy(row => row.Issuer, StringComparer.Ordinal)];
    }

    public static void Write(TextWriter output, IReadOnlyList<IssuerRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Tables.Write(
            output,
            ["Issuer", "State", "Keys"],
            rows.Select(r => new[] { r.Issuer, r.IsDown ? "down" : "ready", r.Keys.ToString(System.Globalization.CultureInfo.InvariantCulture) }));
        foreach (var row in rows.Where(r => r.IsDown))
        {
            output.WriteLine($"{Printable.Line(row.Issuer)}: {Printable.Line(row.Reason)}");
        }
    }
}
