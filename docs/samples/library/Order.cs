namespace Library;

internal sealed record Order(int Number, string Status);
