#!/usr/bin/env node
/**
 * The composition root of the command line: the only file here that touches the process (arguments, environment,
 * standard streams, exit code). Commands are loaded when they are asked for, so that `--help` and usage errors load
 * neither the library nor the addon.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { parseArguments, type CliRequest, type TextSinks } from './args.js';
import { EXIT } from './exit-codes.js';

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

function readVersion(): string {
  // Two levels up from dist/cli/main.js and from src/cli/main.ts alike.
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

async function perform(request: CliRequest, version: string): Promise<number> {
  switch (request.kind) {
    case 'finished':
      return request.exitCode;
    case 'exec': {
      const { exec } = await import('./commands/exec.js');
      return exec(request, process.env, sinks);
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor.js');
      const platform = `${process.platform} ${process.arch} ${release()}`;
      const nativeMode = process.env['CUSTODY_NATIVE'] ?? 'auto';
      return doctor(request, { version, node: process.version, platform, nativeMode }, sinks);
    }
  }
}

try {
  const version = readVersion();
  process.exitCode = await perform(parseArguments(process.argv.slice(2), version, sinks), version);
} catch (error) {
  sinks.err(`custody: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = EXIT.internal;
}
