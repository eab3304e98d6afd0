/** Makes system calls of a host's custody and of its guardian fail, as on a machine that has run out; see faults.cc. */
import { chmodSync, closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { faultsFile } from '../programs/probe-files.js';
import type { Stage } from './stage.js';

/** Places in the file, each a number of 32 bits; `Switches` in faults.cc. */
const ONE_IN = 0;
const COUNTDOWN = 4;
const SEED = 8;
const FAILED_IN_HOST = 16;
const FAILED_IN_HELPERS = 20;
const LAST = 24;
const FILE_BYTES = 64;

/** Calls that have failed. */
export interface FaultCount {
  readonly inHost: number;
  readonly inHelpers: number;
}

/** The switches of one stage. Close them in `finally`. */
export class Faults {
  /** For the host that is to meet the faults. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: number;

  constructor(stage: Stage) {
    const switches = join(stage.directory, 'faults');
    writeFileSync(switches, Buffer.alloc(FILE_BYTES));
    chmodSync(switches, 0o666);
    this.#file = openSync(switches, 'r+');
    const preload = stage.copy(faultsFile, 'faults.so');
    // A guardian has an empty environment.
    const guardian = join(stage.directory, 'guardian-with-faults');
    const real = join(stage.directory, 'native', 'custody-guardian');
    const lines = [
      '#!/bin/sh',
      `export LD_PRELOAD='${preload}' CUSTODY_FAULTS_FILE='${switches}'`,
      `exec '${real}' "$@"`,
    ];
    writeFileSync(guardian, `${lines.join('\n')}\n`);
    chmodSync(guardian, 0o755);
    this.environment = { LD_PRELOAD: preload, CUSTODY_FAULTS_FILE: switches, CUSTODY_GUARDIAN_FILE: guardian };
  }

  /** From now on one call in so many fails. */
  failOneIn(calls: number, seed: number): void {
    this.#write(SEED, seed);
    this.#write(ONE_IN, calls);
  }

  /** The `count`th call from now on fails, and no other. */
  failNth(count: number): void {
    this.#write(COUNTDOWN, count);
  }

  /** Everything goes through again. Returns whether the call that was asked for had not come yet. */
  stop(): boolean {
    this.#write(ONE_IN, 0);
    const left = this.#read(COUNTDOWN);
    this.#write(COUNTDOWN, 0);
    return left !== 0;
  }

  count(): FaultCount {
    return { inHost: this.#read(FAILED_IN_HOST), inHelpers: this.#read(FAILED_IN_HELPERS) };
  }

  /** The last failure: call, errno and whose it was. */
  last(): string {
    const text = Buffer.alloc(FILE_BYTES - LAST);
    readSync(this.#file, text, 0, text.length, LAST);
    return text.toString('latin1', 0, text.indexOf(0));
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(place: number): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#file, bytes, 0, bytes.length, place);
    return bytes.readUInt32LE();
  }

  #write(place: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(this.#file, bytes, 0, bytes.length, place);
  }
}
