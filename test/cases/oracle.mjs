// @ts-check
/**
 * Which processes of a case are alive, told by nothing that any library under test touches.
 *
 * Every process that a case starts runs a copy of a program under a path of its own, so the executable behind
 * `/proc/<pid>/exe` identifies it whatever its parent, its group, its session or its name is.
 */
import { copyFileSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;

/** The programs of one cell, and the looks at them. */
export class Payload {
  /**
   * @param {string} folder A folder that only this cell uses.
   */
  constructor(folder) {
    this.folder = folder;
    /** A shell: the direct child. */
    this.leader = join(folder, 'lead');
    /** A sleeper: the work below the shell. */
    this.worker = join(folder, 'work');
    /** A sleeper that leaves its session. */
    this.escapee = join(folder, 'escapee');
    /** Written by the shell when it runs: a command that was never started proves nothing. */
    this.marker = join(folder, 'started');
    /** What the cell saw, as JSON. */
    this.report = join(folder, 'report.json');
    this.errors = join(folder, 'stderr.txt');
  }

  install() {
    mkdirSync(this.folder, { recursive: true });
    copyFileSync('/bin/sh', this.leader);
    copyFileSync('/bin/sleep', this.worker);
    copyFileSync('/bin/sleep', this.escapee);
    return this;
  }

  /** @returns {readonly { readonly pid: number, readonly name: string }[]} */
  alive() {
    const paths = new Set([this.leader, this.worker, this.escapee]);
    const found = [];
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry);
      if (!Number.isInteger(pid)) continue;
      const executable = executableOf(pid);
      if (executable !== undefined && paths.has(executable)) found.push({ pid, name: basename(executable) });
    }
    return found;
  }

  /**
   * @param {(alive: readonly { readonly pid: number, readonly name: string }[]) => boolean} condition
   * @param {number} limitMs
   * @returns {Promise<boolean>} `false` if the limit passed first.
   */
  async waitUntil(condition, limitMs) {
    const end = performance.now() + limitMs;
    while (!condition(this.alive())) {
      if (performance.now() > end) return false;
      await delay(POLL_MS);
    }
    return true;
  }

  /** Ends what is left: each pid is looked at again right before it is signalled, and anything but our program is spared. */
  async removeSurvivors() {
    const end = performance.now() + 2_000;
    for (;;) {
      const alive = this.alive();
      if (alive.length === 0) return;
      if (performance.now() > end) throw new Error(`processes of ${this.folder} cannot be ended`);
      for (const { pid, name } of alive) {
        if (pid > 1 && executableOf(pid) === join(this.folder, name)) {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It ended between the look and the signal.
          }
        }
      }
      await delay(POLL_MS);
    }
  }
}

/**
 * @param {number} pid
 * @returns {string | undefined} `undefined` for kernel threads, zombies and processes that are gone.
 */
function executableOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}
