Console.WriteLine("McpHub");
