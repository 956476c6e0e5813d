using System.Text;
using McpHub.Bridging.Tasks;
using McpHub.Catalog;

namespace McpHub.Tests.Bridging.Tasks;

public sealed class TaskMessageTests
{
    [Fact]
    public void Notification_KeepsTheMetadata_ButNotWhichServerItIs()
    {
        var answer = """
            {"resultType":"complete","_meta":{"a/b":1.0,"io.modelcontextprotocol/serverInfo":{"name":"inner"},"io.modelcontextprotocol/subscriptionId":9},"taskId":"7","status":"working"}
            """u8;

        var told = Encoding.UTF8.GetString(TaskMessage.Notification(answer, "\"c\""u8, "1"u8, UriMap.Identity));

        Assert.Equal(
            """{"jsonrpc":"2.0","method":"notifications/tasks","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":1,"a/b":1.0},"taskId":"c","status":"working"}}""",
            told);
    }
}
