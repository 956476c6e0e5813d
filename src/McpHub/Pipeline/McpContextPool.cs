using Microsoft.Extensions.ObjectPool;

namespace McpHub.Pipeline;

/// <summary>Contexts between two messages.</summary>
internal static class McpContextPool
{
    private static readonly DefaultObjectPool<McpContext> Pool = new(new Policy(), maximumRetained: 1024);

    public static McpContext Rent() => Pool.Get();

    public static void Return(McpContext context) => Pool.Return(context);

    private sealed class Policy : PooledObjectPolicy<McpContext>
    {
        public override McpContext Create() => new();

        public override bool Return(McpContext context)
        {
            context.Reset();
            return true;
        }
    }
}
