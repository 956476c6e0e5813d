// Starts a command as a child and waits for it, as npx does: node launcher.mjs COMMAND [ARGS]
import { spawn } from 'node:child_process';

spawn(process.argv[2], process.argv.slice(3), { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
