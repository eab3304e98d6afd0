// @ts-check
/** `child_process.spawn` and `spawnSync` of the Node that runs the bench: what everything is compared with. */

const stdio = /** @type {['ignore', 'pipe', 'pipe']} */ (['ignore', 'pipe', 'pipe']);

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { spawn, spawnSync } = await import('node:child_process');
  return {
    run: (file, args) => once(spawn(file, args, { stdio }), 'close'),
    // The earliest word there is: `close` comes later.
    runUntilExit: (file, args) => once(spawn(file, args, { stdio }), 'exit'),
    runSync(file, args) {
      const { status, error } = spawnSync(file, args, { stdio });
      if (status !== 0) throw error ?? new Error(`status ${status}`);
    },
    async runWithTimeout(file, args, timeoutMs) {
      const child = spawn(file, args, { stdio, timeout: timeoutMs });
      let text = '';
      child.stdout.on('data', (chunk) => (text += chunk));
      await once(child, 'close');
      return text;
    },
    eachLine(file, args, onText) {
      const child = spawn(file, args, { stdio });
      child.stdout.on('data', (chunk) => onText(String(chunk)));
      return once(child, 'close');
    },
    async drain(file, args, keepBytes) {
      const child = spawn(file, args, { stdio });
      const chunks = /** @type {Buffer[]} */ ([]);
      let kept = 0;
      let total = 0;
      child.stdout.on('data', (chunk) => {
        chunks.push(chunk);
        kept += chunk.length;
        total += chunk.length;
        while (kept - (chunks[0]?.length ?? 0) >= keepBytes) kept -= chunks.shift()?.length ?? 0;
      });
      await once(child, 'close');
      return total;
    },
    async startWaiting(file, args) {
      const child = spawn(file, args, { stdio });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      return () => {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        return closed;
      };
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {'exit' | 'close'} event
 */
function once(child, event) {
  return new Promise((resolve, reject) => child.once(event, resolve).once('error', reject));
}
