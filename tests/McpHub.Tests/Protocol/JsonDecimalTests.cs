using System.Text;
using McpHub.Protocol;
using McpHub.Testing.Permissions;

namespace McpHub.Tests.Protocol;

public sealed class JsonDecimalTests
{
    [Fact]
    public void Compare_IsExact_ForNumbersOfEveryForm()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var (a, b) = (Number(random), Number(random));

            var order = Math.Sign(JsonDecimal.Compare(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b)));

            Assert.True(order == NaivePolicy.Scaled(a).CompareTo(NaivePolicy.Scaled(b)), $"{a} and {b}: {order}");
        }
    }

    /// <summary>Few digits and small exponents, so that many are equal.</summary>
    private static string Number(Random random)
    {
        var text = (random.Next(2) == 0 ? "-" : "") + random.Next(0, random.Next(2) == 0 ? 3 : 200);
        text += random.Next(2) == 0 ? "" : "." + new string('0', random.Next(3)) + random.Next(0, 12) + new string('0', random.Next(3));
        return random.Next(2) == 0 ? text : text + (random.Next(2) == 0 ? "e" : "E+").Replace("+", random.Next(2) == 0 ? "+" : "-", StringComparison.Ordinal) + random.Next(0, 4);
    }
}
