namespace McpHub.Composition.Values;

/// <summary>A value that is needed is not there.</summary>
/// <param name="pointer">The pointer as it was written.</param>
internal sealed class MissingValueException(string pointer) : Exception($"There is no value at {pointer}. Give it a default (${{{pointer}:-…}}), or let the step run only when it exists.");
