/** Built-ins for tests, by the first argument. */
import { writeFileSync } from 'node:fs';

const ROLES = {
  echo({ args, cwd, env, stderr }) {
    console.log(JSON.stringify({ args, cwd, env: env.CUSTODY_TEST_A, own: process.env.CUSTODY_TEST_A }));
    stderr.write('to stderr\n');
    return 5;
  },
  loop({ stdout }) {
    stdout.write('begun\n');
    for (;;);
  },
  flood({ stdout }) {
    for (;;) stdout.write(`${'x'.repeat(999)}\n`);
  },
  fill({ args, stdout }) {
    for (let line = 0; line < 1_000; line += 1) stdout.write(`${'x'.repeat(999)}\n`);
    writeFileSync(args[1], '');
  },
  throw({ stdout }) {
    stdout.write('before\n');
    throw new Error('thrown on purpose');
  },
  async reject() {
    await Promise.reject(new Error('rejected on purpose'));
  },
  async late() {
    setTimeout(() => {
      throw new Error('late on purpose');
    });
    await new Promise(() => undefined);
  },
  exit({ stdout }) {
    stdout.write('x'.repeat(300_000));
    process.exit(7);
  },
  async wait({ signal, stdout }) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
      stdout.write('ready\n');
    });
    stdout.write('asked\n');
    return 3;
  },
  async cat({ stdin, stdout }) {
    for await (const chunk of stdin) stdout.write(chunk);
  },
  say({ env }) {
    console.log(`the word is ${env.CUSTODY_TEST_WORD}`);
  },
  change() {
    globalThis.custodyChanged = true;
    process.env.CUSTODY_TEST_CHANGED = 'yes';
    console.log(typeof globalThis.custodyChanged);
  },
  wrong() {
    return 'three';
  },
};

export function run(call) {
  return ROLES[call.args[0]](call);
}
