namespace McpHub.LoadTests.Load;

/// <summary>How long and how hard one case is driven.</summary>
/// <param name="InFlight">Connections over HTTP, each with one request at a time; over pipes, requests at a time.</param>
/// <param name="LeadIn">Driven but not counted.</param>
/// <param name="Duration">Counted.</param>
/// <param name="Rate">Requests a second that are offered, whatever the answers do; <see langword="null"/> for closed loop.</param>
internal sealed record LoadWindow(int InFlight, TimeSpan LeadIn, TimeSpan Duration, int? Rate = null)
{
    /// <summary>The longest that an answer is waited for.</summary>
    public static TimeSpan AnswerTimeout { get; } = TimeSpan.FromSeconds(10);
}
