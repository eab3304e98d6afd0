/**
 * The part of the oracle that Windows answers, by an addon of the tests (windows/oracle.cc). Processes have no group and no
 * session there, so all are given those of the host: whoever kills by group then kills one by one.
 */
import { createRequire } from 'node:module';
import { win32 } from 'node:path';
import type { SeenProcess } from './oracle.js';
import { probeDirectory } from './probe-files.js';

interface OracleAddon {
  list(name?: string): readonly { readonly pid: number; readonly parent: number; readonly path: string }[];
  handles(): number;
  isWine(): boolean;
}

let addon: OracleAddon | undefined;

function oracle(): OracleAddon {
  addon ??= createRequire(import.meta.url)(win32.join(probeDirectory, 'oracle.node')) as OracleAddon;
  return addon;
}

/** A process as Windows shows it; `path` is its executable, in lower case. */
export interface WindowsProcess extends SeenProcess {
  readonly path: string;
}

/** Every living process that may be looked at; with `executable` only those whose executable is called like it. */
export function windowsProcesses(executable?: string): WindowsProcess[] {
  const found = executable === undefined ? oracle().list() : oracle().list(win32.basename(executable));
  return found.map(({ pid, parent, path }) => ({
    pid,
    parent,
    path: path.toLowerCase(),
    name: win32.basename(path),
    state: 'R',
    group: process.pid,
    session: process.pid,
  }));
}

/** Open handles of this process. */
export function windowsHandleCount(): number {
  return oracle().handles();
}

/** Whether this is not Windows but Wine. For lists of what Wine cannot show, and for nothing else. */
export function isWine(): boolean {
  return process.platform === 'win32' && oracle().isWine();
}
