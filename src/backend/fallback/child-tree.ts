/**
 * Windows: ends the leader, and by `taskkill` what looks like its tree. Nothing holds the processes together, so nothing but
 * an end that `taskkill` reported is ever confirmed.
 */
import type { ChildProcess } from 'node:child_process';
import { win32 } from 'node:path';
import { childProcess } from './child-process.js';
import type { CleanupStatus } from '../../core/cleanup.js';
import type { FallbackContainer } from './group-kill.js';
import { TASKKILL_LIMIT_MS } from './limits.js';

export class ChildTree implements FallbackContainer {
  readonly mechanism = 'child-only';
  readonly #child: ChildProcess;
  #leaderGone = false;
  #treeKilled = false;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  get statusWhenEmpty(): CleanupStatus {
    return this.#treeKilled ? 'confirmed-group-only' : 'unconfirmed';
  }

  leaderExited(): void {
    this.#leaderGone = true;
  }

  /** Who descends from an ended leader cannot be learned, so there is nobody to wait for. */
  look(): 'empty' {
    return 'empty';
  }

  signal(manner: 'soft' | 'hard'): string | undefined {
    // There is no polite request that a console program without a window would hear.
    if (manner === 'soft' || this.#leaderGone || this.#child.pid === undefined) return undefined;
    const system = process.env['SystemRoot'] ?? 'C:\\Windows';
    // The handle Node holds keeps the pid from being given out anew.
    const { status } = childProcess().spawnSync(
      win32.join(system, 'System32', 'taskkill.exe'),
      ['/T', '/F', '/PID', String(this.#child.pid)],
      { stdio: 'ignore', timeout: TASKKILL_LIMIT_MS, windowsHide: true },
    );
    this.#treeKilled = status === 0;
    if (!this.#treeKilled) this.#child.kill('SIGKILL');
    return 'SIGKILL';
  }

  killNewcomers(): void {
    // Nobody is seen to join.
  }

  killed(): never[] {
    return [];
  }

  survivors(): never[] {
    return [];
  }
}
