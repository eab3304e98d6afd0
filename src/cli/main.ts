#!/usr/bin/env node
/**
 * The composition root of the command line: the only file here that touches the process (arguments, environment,
 * standard streams, exit code). Commands are loaded when they are asked for, so that `--help` and usage errors load
 * neither the library nor the addon.
 */
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { parseArguments } from './args.js';
import { EXIT } from './exit-codes.js';
import type { Screen, TextSinks } from './host.js';
import { renderProblem } from './problem.js';
import { createColors, wantsColors, type ColorChoice } from './render/colors.js';

// The streams are opened by the first write. Before that they must stay untouched: Node makes a pipe non-blocking, and a
// command that inherits it would meet errors it does not expect.
const sinks: TextSinks = {
  out: (text) => write(process.stdout, text, outputLost),
  // The summary and messages: nobody is left to tell, and the exit code says the most of it.
  err: (text) => write(process.stderr, text, () => undefined),
};

/** Whoever was to read it is gone, EIO after a hang-up: nobody misses it, and the exit code stands. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

let isOutputLost = false;

function write(stream: NodeJS.WriteStream, text: string, failed: (error: NodeJS.ErrnoException) => void): void {
  if (stream.listenerCount('error') === 0) stream.on('error', failed);
  stream.write(text);
}

function outputLost({ code, message }: NodeJS.ErrnoException): void {
  if (isOutputLost || READER_GONE.includes(code)) return;
  isOutputLost = true;
  // At the end, because the exit code of the command is not known yet.
  process.once('exit', () => {
    const { exitCode } = process;
    if (exitCode === undefined || Number(exitCode) === EXIT.ok) process.exitCode = EXIT.failed;
  });
  sinks.err(`custody: not everything could be written: ${message}\n`);
}

function relay(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<boolean> {
  const target = stream === 'stdout' ? process.stdout : process.stderr;
  // The answer to each write says it, too.
  if (target.listenerCount('error') === 0) target.on('error', () => undefined);
  return new Promise((resolve) => target.write(bytes, (error) => resolve(error === null || error === undefined)));
}

// Two levels up from dist/cli/main.js and from src/cli/main.ts alike.
const PACKAGE_FOLDER = new URL('../../', import.meta.url);

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_FOLDER), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

/** Columns of a terminal that does not tell. */
const USUAL_COLUMNS = 80;

/** A terminal is asked for its size when something is drawn: the size may change, and asking opens the stream. */
function screenOf(descriptor: 1 | 2, color: ColorChoice): Screen {
  const isTTY = isatty(descriptor);
  return {
    isTTY,
    get columns() {
      if (!isTTY) return undefined;
      const { columns } = descriptor === 1 ? process.stdout : process.stderr;
      return columns > 0 ? columns : USUAL_COLUMNS;
    },
    colors: createColors(wantsColors(color, process.env, isTTY)),
  };
}

async function main(): Promise<number> {
  const version = readVersion();
  const line = parseArguments(process.argv.slice(2), version, sinks);
  if (line.kind === 'finished') return line.exitCode;
  return line.perform({
    sinks: { ...sinks, relay, outScreen: screenOf(1, line.color), errScreen: screenOf(2, line.color) },
    environment: process.env,
    version,
    platform: process.platform,
    packageFolder: fileURLToPath(PACKAGE_FOLDER),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const { text, exitCode } = renderProblem(error, (process.env['CUSTODY_DEBUG'] ?? '') !== '');
  sinks.err(text);
  process.exitCode = exitCode;
}
