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

        var reader = new Utf8JsonReader(json, Options);
        try
        {
            return new Scan().Run(ref reader, ref envelope);
        }
        catch (JsonException e)
        {
            envelope = default;
            return new Failure(FailureKind.ParseError, reader.CurrentDepth >= MaxDepth - 1
                ? $"Parse error: the message is nested more than {MaxDepth} deep."
                : $"Parse error: {Describe(e)}");
        }
    }

    private static string Describe(JsonException e) =>
        $"the message is not valid JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}).";

    /// <summary>The state of one reading: which members were seen, and the first thing that was wrong.</summary>
    private ref struct Scan
    {
        private Failure? _failure;
        private bool _hasVersion;
        private bool _hasId;
        private bool _hasMethod;
        private bool _hasNullResult;

        public Failure? Run(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
                End(ref reader);
                envelope.Kind = EnvelopeKind.Batch;
                return null;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                End(ref reader);
                return new Failure(FailureKind.InvalidRequest, "Invalid request: a message is a JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, ref envelope);
            }

            End(ref reader);
            Classify(ref envelope);
            return _failure;
        }

        private void ReadMember(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            if (Is(ref reader, "jsonrpc"u8))
            {
                ReadValue(ref reader, "jsonrpc", _hasVersion);
                _hasVersion = true;
                if (reader.TokenType != JsonTokenType.String || !Is(ref reader, "2.0"u8))
                {
                    Fail(FailureKind.InvalidRequest, "Invalid request: 'jsonrpc' has to be \"2.0\".");
                }
            }
            else if (Is(ref reader, "id"u8))
            {
                ReadId(ref reader, ref envelope);
            }
            else if (Is(ref reader, "method"u8))
            {
                envelope.MethodName = ReadValue(ref reader, "method", _hasMethod);
                _hasMethod = true;
                if (reader.TokenType != JsonTokenType.String)
                {
                    Fail(FailureKind.InvalidRequest, "Invalid request: 'method' has to be a string.");
                }
                else if (!reader.ValueIsEscaped)
                {
                    envelope.Method = McpMethods.Parse(reader.ValueSpan);
                }
                else
                {
                    envelope.Method = McpMethods.Parse(System.Text.Encoding.UTF8.GetBytes(ReadText(ref reader)));
                }
            }
            else if (Is(ref reader, "params"u8))
            {
                ReadParams(ref reader, ref envelope);
            }
            else if (Is(ref reader, "result"u8))
            {
                ReadResult(ref reader, ref envelope);
            }
            else if (Is(ref reader, "error"u8))
            {
                var error = ReadValue(ref reader, "error", envelope.Error.IsPresent);
                if (reader.TokenType != JsonTokenType.Null)
                {
                    envelope.Error = error;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadId(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            var value = ReadValue(ref reader, "id", _hasId);
            _hasId = true;
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                case JsonTokenType.Number when reader.ValueSpan.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var other
                    && (other < 0 || (other == 0 && reader.ValueSpan[0] == '-' && reader.ValueSpan[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)):
                    envelope.Id = value;
                    break;
                default:
                    Fail(FailureKind.InvalidRequest, "Invalid request: 'id' has to be a string or an integer.");
                    break;
            }
        }

        private void ReadParams(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            if (envelope.Params.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'params' occurs twice.");
                reader.Skip();
                return;
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                envelope.Params = SliceFrom(start, ref reader);
                Fail(FailureKind.InvalidParams, "Invalid params: 'params' has to be an object.");
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "name"u8))
                {
                    envelope.Name = ReadString(ref reader, "params.name", envelope.Name);
                }
                else if (Is(ref reader, "uri"u8))
                {
                    envelope.Uri = ReadString(ref reader, "params.uri", envelope.Uri);
                }
                else if (Is(ref reader, "arguments"u8))
                {
                    envelope.Arguments = ReadObject(ref reader, "params.arguments", envelope.Arguments);
                }
                else if (Is(ref reader, "cursor"u8))
                {
                    envelope.HasOtherParams = true;
                    envelope.Cursor = ReadString(ref reader, "params.cursor", envelope.Cursor);
                }
                else if (Is(ref reader, "taskId"u8))
                {
                    envelope.HasOtherParams = true;
                    var value = ReadValue(ref reader, "params.taskId", envelope.TaskId.IsPresent);
                    envelope.TaskId = reader.TokenType == JsonTokenType.String ? value : envelope.TaskId;
                }
                else if (Is(ref reader, "_meta"u8))
                {
                    ReadMeta(ref reader, ref envelope);
                }
                else
                {
                    envelope.HasOtherParams = true;
                    envelope.IsInputRetry |= Is(ref reader, "inputResponses"u8) || Is(ref reader, "requestState"u8);
                    reader.Skip();
                }
            }

            envelope.Params = SliceFrom(start, ref reader);
        }

        private void ReadResult(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            if (envelope.Result.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'result' occurs twice.");
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.Null)
            {
                _hasNullResult = true;
                return;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                envelope.Result = SliceFrom(start, ref reader);
                Fail(FailureKind.InvalidRequest, "Invalid response: 'result' has to be an object.");
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "resultType"u8))
                {
                    envelope.ResultType = ReadValue(ref reader, "result.resultType", envelope.ResultType.IsPresent);
                }
                else if (Is(ref reader, "isError"u8))
                {
                    reader.Read();
                    envelope.IsToolError = reader.TokenType == JsonTokenType.True;
                    reader.Skip();
                }
                else
                {
                    reader.Skip();
                }
            }

            envelope.Result = SliceFrom(start, ref reader);
        }

        private void ReadMeta(ref Utf8JsonReader reader, ref Envelope envelope)
        {
            if (envelope.Meta.IsPresent)
            {
                Fail(FailureKind.InvalidRequest, "Invalid request: 'params._meta' occurs twice.");
                reader.Skip();
                return;
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                Fail(FailureKind.InvalidParams, "Invalid params: 'params._meta' has to be an object.");
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "progressToken"u8))
                {
                    envelope.ProgressToken = ReadValue(ref reader, "params._meta.progressToken", envelope.ProgressToken.IsPresent);
                    if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
                    {
                        Fail(FailureKind.InvalidParams, "Invalid params: 'params._meta.progressToken' has to be a string or an integer.");
                    }
                }
                else if (Is(ref reader, MetaKeys.ProtocolVersion))
                {
                    envelope.ProtocolVersion = ReadString(ref reader, MetaKeys.ProtocolVersionText, envelope.ProtocolVersion);
                }
                else if (Is(ref reader, MetaKeys.ClientCapabilities))
                {
                    envelope.ClientCapabilities = ReadObject(ref reader, MetaKeys.ClientCapabilitiesText, envelope.ClientCapabilities);
                }
                else if (Is(ref reader, MetaKeys.LogLevel))
                {
                    envelope.LogLevel = ReadString(ref reader, MetaKeys.LogLevelText, envelope.LogLevel);
                }
                else if (Is(ref reader, "traceparent"u8))
                {
                    envelope.TraceParent = ReadString(ref reader, "traceparent", envelope.TraceParent);
                }
                else if (Is(ref reader, "tracestate"u8))
                {
                    envelope.TraceState = ReadString(ref reader, "tracestate", envelope.TraceState);
                }
                else
                {
                    reader.Skip();
                }
            }

            envelope.Meta = SliceFrom(start, ref reader);
        }

        private Slice ReadString(ref Utf8JsonReader reader, string name, Slice earlier)
        {
            var value = ReadValue(ref reader, name, earlier.IsPresent);
            if (reader.TokenType == JsonTokenType.String)
            {
                return value;
            }

            Fail(FailureKind.InvalidParams, $"Invalid params: '{name}' has to be a string.");
            return earlier;
        }

        private Slice ReadObject(ref Utf8JsonReader reader, string name, Slice earlier)
        {
            var value = ReadValue(ref reader, name, earlier.IsPresent);
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return value;
            }

            Fail(FailureKind.InvalidParams, $"Invalid params: '{name}' has to be an object.");
            return earlier;
        }

        /// <summary>Reads the value behind a property name; afterwards the reader stands on the value's last token.</summary>
        private Slice ReadValue(ref Utf8JsonReader reader, string name, bool isSecond)
        {
            if (isSecond)
            {
                Fail(FailureKind.InvalidRequest, $"Invalid request: '{name}' occurs twice.");
            }

            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return SliceFrom(start, ref reader);
        }

        /// <summary>Compares the text of the token. Half of a surrogate pair is JSON by its grammar, but no text, so it equals none.</summary>
        private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
        {
            if (!reader.ValueIsEscaped)
            {
                return reader.ValueTextEquals(text);
            }

            try
            {
                return reader.ValueTextEquals(text);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        private string ReadText(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // An escaped lone surrogate: JSON by its grammar, but no text.
                Fail(FailureKind.InvalidRequest, "Invalid request: 'method' is not valid Unicode.");
                return "";
            }
        }

        private static Slice SliceFrom(int start, ref Utf8JsonReader reader) => new(start, (int)reader.BytesConsumed - start);

        private static void End(ref Utf8JsonReader reader)
        {
            // Throws if anything but white space follows.
            reader.Read();
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
