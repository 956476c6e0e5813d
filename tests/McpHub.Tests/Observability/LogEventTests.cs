using System.Reflection;
using McpHub.Hosting;
using Microsoft.Extensions.Logging;

namespace McpHub.Tests.Observability;

/// <summary>What the gateway logs, as whoever filters by it sees it.</summary>
public sealed class LogEventTests
{
    [Fact]
    public void EventIds_AreEachOfOneMessage()
    {
        var messages = typeof(HubRuntime).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .ToArray();

        Assert.NotEmpty(messages);
        Assert.All(
            messages.GroupBy(m => m.Message!.EventId),
            same => Assert.Single(same.Select(m => $"{m.Method.DeclaringType}.{m.Method.Name}")));
    }
}
