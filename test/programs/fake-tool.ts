/**
 * A stand-in for a command line tool: a real program that replays what it was told and keeps what it was called with. POSIX only.
 *
 * A reply belongs to the first two arguments, or to the first if the second is an option.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = `#!/bin/sh
here=\${0%/*}
key=$1
case "$2" in ''|-*) ;; *) key=$1-$2 ;; esac
mkdir "$here/calls/$key.$$"
for argument in "$@"; do printf '%s\\0' "$argument"; done > "$here/calls/$key.$$/args"
env > "$here/calls/$key.$$/env"
cat > "$here/calls/$key.$$/stdin"
reply=$here/replies/$key
for argument in "$@"; do
  case "$argument" in --json*) if [ -d "$reply.json" ]; then reply=$reply.json; fi ;; esac
done
if [ ! -d "$reply" ]; then echo "the test has no reply for $key" >&2; exit 99; fi
cat "$reply/stdout"
cat "$reply/stderr" >&2
exit "$(cat "$reply/code")"
`;

/** What the tool does. */
export interface FakeReply {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** One call, as the tool saw it. */
export interface FakeCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

export class FakeTool {
  /** Holds nothing but the tool, so that it can stand in a PATH. */
  readonly folder: string;
  readonly file: string;

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'custody-fake-'));
    this.file = join(this.folder, name);
    mkdirSync(join(this.folder, 'calls'));
    mkdirSync(join(this.folder, 'replies'));
    writeFileSync(this.file, SCRIPT, { mode: 0o755 });
  }

  /** `key`: such as `issue-view`; with `.json` behind it for calls that ask for JSON. */
  reply(key: string, { stdout = '', stderr = '', exitCode = 0 }: FakeReply): void {
    const folder = join(this.folder, 'replies', key);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'stdout'), stdout);
    writeFileSync(join(folder, 'stderr'), stderr);
    writeFileSync(join(folder, 'code'), String(exitCode));
  }

  calls(key: string): readonly FakeCall[] {
    const calls = join(this.folder, 'calls');
    const names = readdirSync(calls).filter((name) => name.replace(/\.\d+$/u, '') === key);
    return names.map((name) => {
      const read = (file: string): string => readFileSync(join(calls, name, file), 'utf8');
      const env = read('env')
        .split('\n')
        .flatMap((line) => (line.includes('=') ? [splitAtEqual(line)] : []));
      return { args: read('args').split('\0').slice(0, -1), env: Object.fromEntries(env), stdin: read('stdin') };
    });
  }

  remove(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }
}

function splitAtEqual(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}
