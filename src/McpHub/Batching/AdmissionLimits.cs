namespace McpHub.Batching;

/// <summary>The bounds of <see cref="Admissions"/>.</summary>
/// <param name="Most">The most calls at the same time, of all batches together.</param>
/// <param name="MostWaiting">The most calls that wait for a place.</param>
/// <param name="Ageing">How long one has to wait for one step of priority.</param>
internal sealed record AdmissionLimits(int Most, int MostWaiting, TimeSpan Ageing);
