namespace McpHub.Configuration;

/// <summary>What a rule of the policy does for those that it is about.</summary>
public enum PolicyEffect
{
    /// <summary>They may have what it names, unless another rule denies it.</summary>
    Allow,

    /// <summary>They may not have what it names, whatever other rules allow.</summary>
    Deny,
}
