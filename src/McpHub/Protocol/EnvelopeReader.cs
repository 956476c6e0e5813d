using System.Text.Json;
using System.Text.Unicode;

namespace McpHub.Protocol;

/// <summary>
/// Reads a message once and notes where its pieces lie.
/// </summary>
/// <remarks>
/// Of two members with the same name different readers pick different ones, so a request that one server judges could be another
/// request to the next. Members that the gateway decides by are therefore refused when they occur twice. A <c>null</c> result or
/// error counts as absent: JSON-RPC 1.0 had both in every response, and some writers still do.
/// </remarks>
internal static class EnvelopeReader
{
    /// <summary>The deepest nesting that is read. The SDKs stop at 64, which is also .NET's own default.</summary>
    public const int MaxDepth = 128;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads <paramref name="json"/>, which holds one whole message.</summary>
    /// <returns>
    /// What is wrong with the message, or <see langword="null"/>. The envelope has the id also of a message that is wrong, as long as
    /// it is JSON.
    /// </returns>
    public static Failure? Read(ReadOnlySpan<byte> json, out Envelope envelope)
    {
        envelope = default;
        if (!Utf8.IsValid(json))
        {
            return new Failure(FailureKind.ParseError, "Parse error: the message is not valid UTF-8.");
        }

        var failure = new Scan(json).Run(ref envelope, out var isJson);
        if (isJson)
        {
            return failure;
        }

        envelope = default;
        return Locate(json);
    }

    /// <summary>Reads what is no JSON once more with the framework's reader, which can say where the mistake is.</summary>
    private static Failure Locate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.ParseError, reader.CurrentDepth >= MaxDepth - 1
                ? $"Parse error: the message is nested more than {MaxDepth} deep."
                : $"Parse error: {Describe(e)}");
        }

        // The two read the same grammar, and the tests hold them to it. If they ever differ, the stricter one is right.
        return new Failure(FailureKind.ParseError, "Parse error: the message is not valid JSON.");
    }

    private static string Describe(JsonException e) =>
        $"the message is not valid JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}).";

    /// <summary>The state of one reading: which members were seen, and the first thing that was wrong.</summary>
    private ref struct Scan(ReadOnlySpan<byte> json)
    {
        private readonly ReadOnlySpan<byte> _text = json;
        private JsonScanner _json = new(json);
        private Failure? _failure;
        private bool _hasVersion;
        private bool _hasId;
        private bool _hasMethod;
        private bool _hasNullResult;

        public Failure? Run(ref Envelope envelope, out bool isJson)
        {
            var first = _json.Peek();
            if (first == '{')
            {
                _json.EnterObject();
                while (_json.ReadName())
                {
                    ReadMember(ref envelope);
                }
            }
            else
            {
                _json.ReadValue();
            }

            _json.ReadEnd();
            isJson = !_json.IsBroken;
            if (first == '{')
            {
                Classify(ref envelope);
            }
            else if (first == '[')
            {
                envelope.Kind = EnvelopeKind.Batch;
            }
            else
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: a message is a JSON object.");
            }

            return _failure;
        }

        private void ReadMember(ref Envelope envelope)
        {
            if (_json.NameIs("jsonrpc"u8))
            {
                var version = ReadValue("jsonrpc", _hasVersion);
                _hasVersion = true;
                if (!IsText(version, "2.0"u8))
                {
                    Fail(FailureKind.InvalidRequest, "Invalid request: 'jsonrpc' has to be \"2.0\".");
                }
            }
            else if (_json.NameIs("id"u8))
            {
                ReadId(ref envelope);
            }
            else if (_json.NameIs("method"u8))
            {
                ReadMethod(ref envelope);
            }
            else if (_json.NameIs("params"u8))
            {
                ReadParams(ref envelope);
            }
            else if (_json.NameIs("result"u8))
            {
                ReadResult(ref envelope);
            }
            else if (_json.NameIs("error"u8))
            {
                var error = ReadValue("error", envelope.Error.IsPresent);
                if (FirstOf(error) != 'n')
                {
                    envelope.Error = error;
                }
            }
            else
            {
                _json.ReadValue();
            }
        }

        private void ReadId(ref Envelope envelope)
        {
            var value = ReadValue("id", _hasId);
            _hasId = true;
            if (FirstOf(value) == '"' || IsInteger(value.Of(_text)))
            {
                envelope.Id = value;
            }
            else
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'id' has to be a string or an integer.");
            }
        }

        private void ReadMethod(ref Envelope envelope)
        {
            envelope.MethodName = ReadValue("method", _hasMethod);
            _hasMethod = true;
            if (FirstOf(envelope.MethodName) != '"')
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'method' has to be a string.");
                return;
            }

            var name = envelope.MethodName.Of(_text);
            envelope.Method = McpMethods.Parse(name[1..^1]);
            if (envelope.Method == McpMethod.Unknown && name.Contains((byte)'\\'))
            {
                ReadEscapedMethod(name, ref envelope);
            }
        }

        private void ReadEscapedMethod(ReadOnlySpan<byte> name, ref Envelope envelope)
        {
            if (JsonText.Decode(name) is { } text)
            {
                envelope.Method = McpMethods.Parse(System.Text.Encoding.UTF8.GetBytes(text));
            }
            else
            {
                // An escaped lone surrogate: JSON by its grammar, but no text.
                Fail(FailureKind.InvalidRequest, "Invalid request: 'method' is not valid Unicode.");
            }
        }

        private void ReadParams(ref Envelope envelope)
        {
            if (envelope.Params.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'params' occurs twice.");
                _json.ReadValue();
                return;
            }

            if (_json.Peek() != '{')
            {
                envelope.Params = _json.ReadValue();
                Fail(FailureKind.InvalidParams, "Invalid params: 'params' has to be an object.");
                return;
            }

            var start = _json.EnterObject();
            while (_json.ReadName())
            {
                if (_json.NameIs("name"u8))
                {
                    ReadString("params.name", ref envelope.Name);
                }
                else if (_json.NameIs("uri"u8))
                {
                    ReadString("params.uri", ref envelope.Uri);
                }
                else if (_json.NameIs("arguments"u8))
                {
                    ReadObject("params.arguments", ref envelope.Arguments);
                }
                else if (_json.NameIs("cursor"u8))
                {
                    envelope.HasOtherParams = true;
                    ReadString("params.cursor", ref envelope.Cursor);
                }
                else if (_json.NameIs("taskId"u8))
                {
                    envelope.HasOtherParams = true;
                    var value = ReadValue("params.taskId", envelope.TaskId.IsPresent);
                    envelope.TaskId = FirstOf(value) == '"' ? value : envelope.TaskId;
                }
                else if (_json.NameIs("_meta"u8))
                {
                    ReadMeta(ref envelope);
                }
                else
                {
                    envelope.HasOtherParams = true;
                    envelope.IsInputRetry |= _json.NameIs("inputResponses"u8) || _json.NameIs("requestState"u8);
                    _json.ReadValue();
                }
            }

            envelope.Params = SliceFrom(start);
        }

        private void ReadResult(ref Envelope envelope)
        {
            if (envelope.Result.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'result' occurs twice.");
            }

            var first = _json.Peek();
            if (first == 'n')
            {
                _json.ReadValue();
                _hasNullResult = true;
                return;
            }

            if (first != '{')
            {
                envelope.Result = _json.ReadValue();
                Fail(FailureKind.InvalidRequest, "Invalid response: 'result' has to be an object.");
                return;
            }

            var start = _json.EnterObject();
            while (_json.ReadName())
            {
                if (_json.NameIs("resultType"u8))
                {
                    envelope.ResultType = ReadValue("result.resultType", envelope.ResultType.IsPresent);
                }
                else if (_json.NameIs("isError"u8))
                {
                    envelope.IsToolError = FirstOf(_json.ReadValue()) == 't';
                }
                else
                {
                    _json.ReadValue();
                }
            }

            envelope.Result = SliceFrom(start);
        }

        private void ReadMeta(ref Envelope envelope)
        {
            if (envelope.Meta.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'params._meta' occurs twice.");
                _json.ReadValue();
                return;
            }

            if (_json.Peek() != '{')
            {
                _json.ReadValue();
                Fail(FailureKind.InvalidParams, "Invalid params: 'params._meta' has to be an object.");
                return;
            }

            var start = _json.EnterObject();
            while (_json.ReadName())
            {
                if (_json.NameIs("progressToken"u8))
                {
                    envelope.ProgressToken = ReadValue("params._meta.progressToken", envelope.ProgressToken.IsPresent);
                    if (FirstOf(envelope.ProgressToken) is not ((byte)'"' or (byte)'-' or (>= (byte)'0' and <= (byte)'9')))
                    {
                        Fail(FailureKind.InvalidParams, "Invalid params: 'params._meta.progressToken' has to be a string or an integer.");
                    }
                }
                else if (_json.NameIs(MetaKeys.ProtocolVersion))
                {
                    ReadString(MetaKeys.ProtocolVersionText, ref envelope.ProtocolVersion);
                }
                else if (_json.NameIs(MetaKeys.ClientCapabilities))
                {
                    ReadObject(MetaKeys.ClientCapabilitiesText, ref envelope.ClientCapabilities);
                }
                else if (_json.NameIs(MetaKeys.LogLevel))
                {
                    ReadString(MetaKeys.LogLevelText, ref envelope.LogLevel);
                }
                else if (_json.NameIs("traceparent"u8))
                {
                    ReadString("traceparent", ref envelope.TraceParent);
                }
                else if (_json.NameIs("tracestate"u8))
                {
                    ReadString("tracestate", ref envelope.TraceState);
                }
                else
                {
                    _json.ReadValue();
                }
            }

            envelope.Meta = SliceFrom(start);
        }

        private void ReadString(string name, ref Slice value)
        {
            var read = ReadValue(name, value.IsPresent);
            if (FirstOf(read) == '"')
            {
                value = read;
            }
            else
            {
                Fail(FailureKind.InvalidParams, $"Invalid params: '{name}' has to be a string.");
            }
        }

        private void ReadObject(string name, ref Slice value)
        {
            var read = ReadValue(name, value.IsPresent);
            if (FirstOf(read) == '{')
            {
                value = read;
            }
            else
            {
                Fail(FailureKind.InvalidParams, $"Invalid params: '{name}' has to be an object.");
            }
        }

        /// <summary>Reads the value of the member whose name was read.</summary>
        private Slice ReadValue(string name, bool isSecond)
        {
            if (isSecond)
            {
                Fail(FailureKind.InvalidRequest, $"Invalid request: '{name}' occurs twice.");
            }

            return _json.ReadValue();
        }

        private readonly Slice SliceFrom(int start) => new(start, _json.Position - start);

        /// <summary>The first character of a value, which tells what it is; 0 if there is none.</summary>
        private readonly byte FirstOf(Slice value) => value.IsPresent ? _text[value.Start] : (byte)0;

        private readonly bool IsText(Slice value, ReadOnlySpan<byte> ascii)
        {
            if (FirstOf(value) != '"')
            {
                return false;
            }

            var text = value.Of(_text)[1..^1];
            return text.SequenceEqual(ascii) || EscapedText.Is(text, ascii);
        }

        private static bool IsInteger(ReadOnlySpan<byte> value)
        {
            var digits = value.Length > 1 && value[0] == '-' ? value[1..] : value;
            foreach (var digit in digits)
            {
                if (!char.IsAsciiDigit((char)digit))
                {
                    return false;
                }
            }

            return !digits.IsEmpty;
        }

        private void Classify(ref Envelope envelope)
        {
            var isResponse = envelope.Result.IsPresent || envelope.Error.IsPresent;
            if (_hasMethod)
            {
                envelope.Kind = _hasId ? EnvelopeKind.Request : EnvelopeKind.Notification;
                if (isResponse)
                {
                    Fail(FailureKind.InvalidRequest, "Invalid request: a message with 'method' has neither 'result' nor 'error'.");
                }
            }
            else if (isResponse)
            {
                envelope.Kind = EnvelopeKind.Response;
                if (envelope.Result.IsPresent && envelope.Error.IsPresent)
                {
                    Fail(FailureKind.InvalidRequest, "Invalid request: a response has 'result' or 'error', not both.");
                }
            }
            else
            {
                Fail(FailureKind.InvalidRequest, _hasNullResult
                    ? "Invalid response: 'result' has to be an object."
                    : "Invalid request: the message has no 'method'.");
            }

            if (!_hasVersion)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'jsonrpc' is missing; it has to be \"2.0\".");
            }

            if (_failure is not null && envelope.Kind != EnvelopeKind.Notification)
            {
                // A wrong message is nobody's request, but what has an id gets its error under that id.
                envelope.Kind = envelope.Id.IsPresent && _hasMethod ? EnvelopeKind.Request : EnvelopeKind.Invalid;
            }
        }

        private void Fail(FailureKind kind, string message) => _failure ??= new Failure(kind, message);
    }
}
