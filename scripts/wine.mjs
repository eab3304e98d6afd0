/**
 * Windows programs under Wine, in a prefix of our own: nothing of the user's is used or changed.
 *
 * A program's streams must not be pipes or sockets of this system (Node refuses them), so they are files.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { join } from 'node:path';

const LOADERS = ['/usr/lib/wine/wine64', '/usr/bin/wine64'];
const SERVERS = [
  '/usr/lib/wine/wineserver64',
  '/usr/bin/wineserver64',
  '/usr/lib/wine/wineserver',
  '/usr/bin/wineserver',
];
const BOOT_LIMIT_MS = 180_000;
const END_LIMIT_MS = 60_000;

/** Whether Wine is installed. */
export function hasWine() {
  return LOADERS.some((file) => existsSync(file));
}

/** @returns the path of a file of ours as Windows programs name it. */
export function windowsPath(path) {
  return `Z:${path.replaceAll('/', '\\')}`;
}

export class Wine {
  #prefix;
  #preload;
  #loader = LOADERS.find((file) => existsSync(file));

  /** @param {string | undefined} preload a library of this system that goes into every process of Wine */
  constructor(prefix, preload) {
    this.#prefix = prefix;
    this.#preload = preload;
  }

  /** What the loader gets: no display, no dialogs, no debugger, nothing of the user's own prefix. */
  get #environment() {
    const unwanted = new Set(['DISPLAY', 'WAYLAND_DISPLAY', 'NODE_OPTIONS']);
    return {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.has(name))),
      ...(this.#preload === undefined ? {} : { LD_PRELOAD: this.#preload }),
      WINEPREFIX: this.#prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe,winedbg.exe=',
    };
  }

  /** Makes the prefix if there is none. @returns {boolean} */
  boot(libraries) {
    const isNew = !existsSync(join(this.#prefix, 'system.reg'));
    mkdirSync(this.#prefix, { recursive: true });
    const call = (...args) =>
      spawnSync(this.#loader, args, { env: this.#environment, stdio: 'ignore', timeout: BOOT_LIMIT_MS }).status === 0;
    // Node asks for Windows 10.
    if (isNew && !(call('wineboot', '-i') && call('winecfg', '-v', 'win10'))) return false;
    for (const file of libraries)
      copyFileSync(file, join(this.#prefix, 'drive_c/windows/system32', file.split('/').at(-1)));
    return true;
  }

  /** Runs a program to its end. @returns {Promise<number | null>} its exit code modulo 256, null when its time was over */
  run(program, args, { cwd, limitMs, log, environment = {} }) {
    const out = openSync(log, 'a');
    const child = spawn(this.#loader, [program, ...args], {
      cwd,
      env: { ...this.#environment, ...environment },
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      child.on('exit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
      child.on('error', () => resolve(null));
    });
  }

  /** Ends every program of the prefix, its services included. */
  close() {
    const server = SERVERS.find((file) => existsSync(file));
    if (server !== undefined) spawnSync(server, ['-k', '-w'], { env: this.#environment, timeout: END_LIMIT_MS });
    for (const pid of this.#halfBorn()) killIfAlive(pid);
  }

  /** What was being started when its parent was killed: the server never heard of it, and it waits for an answer for ever. */
  #halfBorn() {
    const mark = `\0WINEPREFIX=${this.#prefix}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => LOADERS.includes(programOf(pid)) && `\0${environmentOf(pid)}`.includes(mark));
  }
}

function programOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ''; // it has ended
  }
}

function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // it has ended
  }
}

function killIfAlive(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
