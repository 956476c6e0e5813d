namespace McpHub.LoadTests.Cases;

/// <summary>The stages of the pipeline that a configuration can switch on.</summary>
[Flags]
internal enum GatewayStages
{
    None = 0,

    /// <summary>Requests carry a token, which is remembered after the first.</summary>
    Auth = 1,

    /// <summary>One rule that allows and one that denies.</summary>
    Policy = 2,

    /// <summary>A rate for each caller and a number of calls at once, neither ever reached.</summary>
    Limits = 4,

    /// <summary>A line for each request, <c>relaxed</c>.</summary>
    Audit = 8,

    /// <summary>A cache with a rule for a tool that is not called: what is called is looked up among the rules.</summary>
    Cache = 16,

    All = Auth | Policy | Limits | Audit | Cache,
}
