using System.Diagnostics.CodeAnalysis;
using McpHub.Protocol;

namespace McpHub.Batching;

/// <summary>
/// Several calls of a tool while they become one of its bulk tool. It is made once, when all who are expected have come or said that
/// they won't, when it is full, or when one has waited long enough; whatever comes of it is the answer of each. Thread-safe.
/// </summary>
/// <param name="form">How calls become one.</param>
/// <param name="time">The time that the wait goes by.</param>
/// <param name="wait">How long the first waits for others.</param>
/// <param name="expected">How many will come; <see cref="int.MaxValue"/> if nobody knows.</param>
/// <param name="most">The most that are one; those of <paramref name="form"/> if absent.</param>
[SuppressMessage("Design", "CA1001", Justification = "It has neither timer nor handle, and a late cancel must not meet a disposed one.")]
internal sealed class BulkCall(BulkForm form, TimeProvider time, TimeSpan wait, int expected, int? most = null)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<Member> _members = [];
    private readonly int _most = Math.Min(form.Most, most ?? form.Most);
    private int _expected = expected;
    private int _waiting;
    private bool _isClosed;
    private BulkSend? _send;
    private ITimer? _timer;

    /// <summary>Whether nobody can join any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Has a call made with the others.</summary>
    /// <param name="arguments">Its arguments; copied.</param>
    /// <param name="send">Makes the one call; that of the first is used.</param>
    /// <param name="cancellationToken">Ends the wait of this one; the call ends with the last.</param>
    /// <returns>Its own answer; <see langword="null"/> if there was nobody else, or it came too late: then the call is to be made by itself.</returns>
    public async Task<BulkAnswer?> JoinAsync(ReadOnlyMemory<byte> arguments, BulkSend send, CancellationToken cancellationToken)
    {
        var member = new Member(arguments.ToArray());
        var isDue = false;
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            _send ??= send;
            _members.Add(member);
            _waiting++;
            _expected--;
            isDue = IsDue;
            _timer ??= isDue ? null : time.CreateTimer(_ => Send(), null, wait, Timeout.InfiniteTimeSpan);
        }

        if (isDue)
        {
            Send();
        }

        try
        {
            return await member.Answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(member);
            throw;
        }
    }

    /// <summary>One of those who are expected will not come.</summary>
    public void Skip()
    {
        bool isDue;
        lock (_lock)
        {
            _expected--;
            isDue = IsDue;
        }

        if (isDue)
        {
            Send();
        }
    }

    private bool IsDue => !_isClosed && _members.Count > 0 && (_expected <= 0 || _members.Count >= _most);

    private void Leave(Member member)
    {
        lock (_lock)
        {
            _waiting--;
            if (!_isClosed)
            {
                _members.Remove(member);
                if (_members.Count == 0)
                {
                    // Who comes next is the first again, and waits as long.
                    _timer?.Dispose();
                    _timer = null;
                }

                return;
            }

            if (_waiting > 0)
            {
                return;
            }
        }

        _cancellation.Cancel();
    }

    private void Send()
    {
        lock (_lock)
        {
            if (_isClosed || _members.Count == 0)
            {
                return;
            }

            _isClosed = true;
            _timer?.Dispose();
        }

        if (_members is [var single])
        {
            single.Answer.SetResult(null);
        }
        else
        {
            _ = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        BulkAnswer answer;
        IReadOnlyList<BulkPart>? parts = null;
        try
        {
            answer = await _send!(form.WriteArguments(_members.Select(m => m.Arguments)), _cancellation.Token);
            if (answer.Part is { IsToolError: false } part)
            {
                parts = form.TakeApart(part.Result, _members.Count, out var problem);
                answer = parts is null ? Fail(FailureKind.UpstreamProtocol, $"The call has run, made for several at once, but {problem}.") : answer;
            }
        }
        catch (Exception e)
        {
            answer = Fail(e is OperationCanceledException ? FailureKind.Cancelled : FailureKind.Internal, "The call that was made for several at once failed. It may have run.");
        }

        for (var i = 0; i < _members.Count; i++)
        {
            _members[i].Answer.SetResult(parts is null ? answer : new BulkAnswer { Part = parts[i] });
        }
    }

    private static BulkAnswer Fail(FailureKind kind, string message) => new() { Failure = new Failure(kind, message) };

    private sealed class Member(byte[] arguments)
    {
        public ReadOnlyMemory<byte> Arguments { get; } = arguments;

        public TaskCompletionSource<BulkAnswer?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
