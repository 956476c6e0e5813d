using McpHub.Catalog;
using McpHub.Configuration;
using McpHub.Pipeline;
using McpHub.Security.Permissions;
using McpHub.Testing.Permissions;

namespace McpHub.Tests.Security.Permissions;

/// <summary>Thousands of policies and callers, and every way to ask for everything: all of them say what the naive reading of the policy says.</summary>
public sealed class OneDecisionTests
{
    private const int Policies = 250;

    public static TheoryData<int> Blocks { get; } = [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Policy_DecidesTheSame_HoweverItIsAsked(int block)
    {
        using var rig = new PolicyRig();
        var seen = new HashSet<(ListMember, AccessOutcome)>();
        for (var seed = block * Policies; seed < (block + 1) * Policies; seed++)
        {
            var random = new RandomPolicy(seed);
            var policy = random.Policy();
            rig.Apply(policy);
            for (var i = 0; i < 3; i++)
            {
                var caller = random.Caller();
                var lists = Enum.GetValues<ListMember>().ToDictionary(l => l, l => rig.List(caller, l));
                foreach (var thing in TwoServers.All)
                {
                    var place = $"seed {seed}, caller {i}, {thing.Asked}";
                    var isVisible = NaivePolicy.IsVisible(policy, caller, thing);
                    var decision = NaivePolicy.Decide(policy, caller, thing);
                    seen.Add((thing.Kind, decision));
                    if (thing.IsListed)
                    {
                        Assert.True(isVisible == lists[thing.Kind].Contains(thing.Asked), $"list: {place}");
                    }

                    if (thing.Kind is ListMember.Tools or ListMember.Prompts)
                    {
                        var arguments = random.Arguments();
                        Same(NaivePolicy.Decide(policy, caller, thing, arguments), rig.Call(caller, thing, arguments), $"call {arguments}: {place}");
                    }

                    if (thing.Kind == ListMember.Resources)
                    {
                        Same(decision, rig.Read(caller, thing.Asked), $"read: {place}");
                        Same(decision, rig.Subscribe(caller, thing.Asked), $"subscribe: {place}");
                    }

                    if (thing.Kind != ListMember.Tools)
                    {
                        Same(decision, rig.Complete(caller, thing), $"complete: {place}");
                    }
                }

                SeesTheSameOnTheServersOwnEndpoint(rig, caller, policy, "a", seed);
                SeesTheSameOnTheServersOwnEndpoint(rig, caller, policy, "b", seed);
            }
        }

        // Otherwise the policies would be too tame to prove anything.
        Assert.Equal(Enum.GetValues<ListMember>().Length * Enum.GetValues<AccessOutcome>().Length, seen.Count);
    }

    private static void SeesTheSameOnTheServersOwnEndpoint(PolicyRig rig, Caller caller, PolicyConfig policy, string server, int seed)
    {
        foreach (var list in Enum.GetValues<ListMember>())
        {
            var expected = TwoServers.All.Where(t => t.IsListed && t.Server == server && t.Kind == list && NaivePolicy.IsVisible(policy, caller, t)).Select(t => t.Own);
            Assert.True(rig.List(caller, list, server).SetEquals(expected), $"seed {seed}: {list} of /{server}");
        }
    }

    private static void Same(AccessOutcome expected, AccessOutcome actual, string place) => Assert.True(expected == actual, $"{place}: {actual} instead of {expected}");
}
