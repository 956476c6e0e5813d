using McpHub.State;

namespace McpHub.Tests.State;

public sealed class EmbeddedDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcphub-").FullName;

    [Fact]
    public void Migrations_RunOnceInTheLifeOfAFile()
    {
        const string First = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);";
        using (var database = EmbeddedDatabase.Open(FileOf("db"), [First]))
        {
            Assert.Equal(1, Count(database, "a"));
        }

        using (var database = EmbeddedDatabase.Open(FileOf("db"), [First, "CREATE TABLE b (x INTEGER); INSERT INTO a VALUES (2);"]))
        {
            Assert.Equal(2, Count(database, "a"));
            Assert.Equal(0, Count(database, "b"));
        }

        var newer = Assert.Throws<InvalidOperationException>(() => EmbeddedDatabase.Open(FileOf("db"), [First]));
        Assert.Contains("newer version of the gateway (2; this one knows 1)", newer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Migration_ThatFails_LeavesNothingBehind()
    {
        Assert.Throws<IOException>(() => EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER)", "no SQL"]));

        using var database = EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER)"]);
        Assert.Equal(0, Count(database, "a"));
    }

    [Fact]
    public void Transaction_ThatFails_ChangesNothing()
    {
        using var database = EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER)"]);
        Assert.Throws<InvalidDataException>(() => database.Write<int>(t =>
        {
            t.Run("INSERT INTO a VALUES ($0)", 1);
            throw new InvalidDataException();
        }));

        Assert.Equal(0, Count(database, "a"));
    }

    [Fact]
    public void File_ThatIsNoDatabase_IsAClearError()
    {
        File.WriteAllText(FileOf("db"), new string('x', 5000));

        var error = Assert.Throws<IOException>(() => EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER)"]));

        Assert.Contains(FileOf("db"), error.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.state.path", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_IsForItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var database = EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER)"]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf("db")));
    }

    [Fact]
    public async Task Transactions_OfManyThreads_AndOfTwoGateways_AreAllKept()
    {
        const int Each = 200;
        using var one = EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (0);"]);
        using var other = EmbeddedDatabase.Open(FileOf("db"), ["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (0);"]);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            for (var n = 0; n < Each; n++)
            {
                // Read and written back: a transaction that did not keep the others out would lose some.
                (i % 2 == 0 ? one : other).Write(t => t.Run("UPDATE a SET x = $0", (long)t.Value("SELECT x FROM a")! + 1));
            }
        })));

        Assert.Equal(8 * Each, one.Read(t => (long)t.Value("SELECT x FROM a")!));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FileOf(string name) => Path.Combine(_folder, name);

    private static long Count(EmbeddedDatabase database, string table) =>
        database.Read(t => (long)t.Value($"SELECT count(*) FROM {table}")!);
}
