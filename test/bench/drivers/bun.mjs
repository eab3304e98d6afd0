// @ts-check
/** `Bun.spawn`, in the way that is cheapest for it: output is piped, and read only where a scenario is about reading. */

/** @returns {Promise<import('./driver.d.ts').Driver>} */
export async function load() {
  const { Bun } = /** @type {any} */ (globalThis);
  const piped = { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' };
  return {
    run: (file, args) => Bun.spawn([file, ...args], piped).exited,
    runSync(file, args) {
      const { exitCode } = Bun.spawnSync([file, ...args], piped);
      if (exitCode !== 0) throw new Error(`status ${exitCode}`);
    },
    async runWithTimeout(file, args, timeout) {
      const child = Bun.spawn([file, ...args], { ...piped, timeout });
      const text = await new Response(child.stdout).text();
      await child.exited;
      return text;
    },
    async eachLine(file, args, onText) {
      const child = Bun.spawn([file, ...args], piped);
      const decoder = new TextDecoder();
      for await (const chunk of child.stdout) onText(decoder.decode(chunk));
      await child.exited;
    },
    async drain(file, args, keepBytes) {
      const child = Bun.spawn([file, ...args], piped);
      const chunks = /** @type {Uint8Array[]} */ ([]);
      let kept = 0;
      let total = 0;
      for await (const chunk of child.stdout) {
        chunks.push(chunk);
        kept += chunk.length;
        total += chunk.length;
        while (kept - (chunks[0]?.length ?? 0) >= keepBytes) kept -= chunks.shift()?.length ?? 0;
      }
      await child.exited;
      return total;
    },
  };
}
