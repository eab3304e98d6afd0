// Promised    : with `uid` and `gid` a command is that user and has that group and no other, whatever holds it; it is ended as
//               any other command is, and the host keeps what it is. A host that may not do this gets a refusal and no command.
// Not promised: anything about what the command then does with set-uid programs.
import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import type { BackendScene } from '../../conformance/scene.js';
import { bundleFile } from '../../programs/probe-files.js';
import { run, type Containment, type RunOptions } from '../../../src/index.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('NOT TESTED: commands as another user (needs root)');

const NOBODY = { uid: 65534, gid: 65534 };
const IDS = '/^\\(Uid\\|Gid\\|Groups\\):/p';

const levels: readonly Containment[] = ['tree', 'strict', 'group'];

/** The levels of this backend. */
function levelsOf(scene: BackendScene): readonly Containment[] {
  return levels.filter((level) => scene.capabilities.containment[level].available);
}

async function idsOf(scene: BackendScene, options: RunOptions): Promise<string> {
  const { stdout } = await scene.runner.run('sed', ['-n', IDS, '/proc/self/status'], options);
  return stdout.replaceAll(/[ \t]+/gu, ' ').replaceAll(/ ?\n/gu, '; ');
}

describe.runIf(isRoot)('a host that is root', () => {
  forEachBackend((scene) => {
    it('EXE-22: runs commands as another user, who has one group', async () => {
      for (const containment of levelsOf(scene)) {
        expect(await idsOf(scene, { ...NOBODY, containment }), containment).toBe(
          'Uid: 65534 65534 65534 65534; Gid: 65534 65534 65534 65534; Groups:; ',
        );
      }
    });

    it('EXE-22: changes the group alone where only that is asked for', async () => {
      for (const containment of levelsOf(scene)) {
        expect(await idsOf(scene, { gid: 12, containment }), containment).toBe(
          'Uid: 0 0 0 0; Gid: 12 12 12 12; Groups:; ',
        );
      }
    });

    it('EXE-22: runs the following commands as the host again', async () => {
      await idsOf(scene, NOBODY);
      expect(await idsOf(scene, {})).toMatch(/^Uid: 0 0 0 0; Gid: 0 0 0 0;/u);
    });

    it('EXE-22: ends all processes of such a command, also those that ignore the request', async () => {
      chmodSync(scene.directory, 0o755);
      for (const containment of levelsOf(scene)) {
        const handle = await scene.startReady('ignore-terminate', [], { ...NOBODY, containment, graceMs: 50 });
        handle.stop();
        const result = await handle.result;
        expect(result.outcome, containment).toMatchObject({ kind: 'stopped', manner: 'forced' });
        expect(result.cleanup).toMatchObject({ survivors: [] });
        const tree = await scene.startReady('fork-tree', ['2', '2'], { ...NOBODY, containment, graceMs: 0 });
        tree.stop();
        expect((await tree.result).cleanup, containment).toMatchObject({ survivors: [] });
        expect(scene.members(), containment).toEqual([]);
      }
    });

    it('EXE-22: holds limits of such a command, which the host could raise and it could not', async () => {
      const limits = { maxOpenFiles: 32 };
      const { stdout } = await scene.runner.run('sh', ['-c', 'ulimit -Hn'], { ...NOBODY, limits });
      if (scene.hasEngine) expect(stdout.trim()).toBe('32');
    });

    it('EXE-22: refuses a file that only root may execute, as the system does', async () => {
      chmodSync(scene.directory, 0o700);
      const result = await scene.run('args', [], NOBODY);
      expect(result).toMatchObject({
        outcome: { kind: 'not-started', error: { code: 'PERMISSION_DENIED' } },
        exitCode: 126,
      });
    });

    it('EXE-22: a detached command is that user as well', async () => {
      if (!scene.capabilities.containment.none.available) return;
      const file = `${scene.directory}/ids`;
      chmodSync(scene.directory, 0o777);
      const script = `sed -n '${IDS}' /proc/self/status > ${file}.new; mv ${file}.new ${file}`;
      const result = await scene.runner.run('sh', ['-c', script], { ...NOBODY, containment: 'none' });
      expect(result.outcome.kind).toBe('detached');
      const said = await scene.runner.run('sh', ['-c', `until test -f ${file}; do sleep 0.01; done; cat ${file}`]);
      expect(said.stdout).toMatch(/^Uid:\s65534\s65534/u);
    });

    it('EXE-22: says of a command as root what elevated asks for', async () => {
      const as = (options: RunOptions) => scene.runner.run('true', [], options);
      expect(await as({ elevated: 'warn' })).toMatchObject({ success: true, warnings: ['the command runs as root'] });
      expect(await as({ elevated: 'warn', ...NOBODY })).toMatchObject({ success: true, warnings: [] });
      expect(await as({ elevated: 'refuse', ...NOBODY })).toMatchObject({ success: true });
      expect(await as({ elevated: 'allow' })).toMatchObject({ success: true, warnings: [] });
      const refused = await as({ elevated: 'refuse' });
      expect(refused).toMatchObject({ pid: null, launches: 0, exitCode: 126 });
      expect(refused.outcome).toMatchObject({
        ...{ kind: 'not-started', error: { code: 'PERMISSION_DENIED', operation: 'elevated' } },
      });
    });
  });

  // A child that shares its parent's memory takes that right away with its identity: the entries are then root's. Source: proc(5).
  it.each(levels)('EXE-22: stays open to those who may look at it, with containment %s', async (containment) => {
    const script = `const { run } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
      const { statSync } = await import('node:fs');
      const { success } = await run('true', [], { uid: 65534, gid: 65534, containment: ${JSON.stringify(containment)} });
      console.log(success, statSync('/proc/self/status').gid);`;
    const host = await run(process.execPath, ['--input-type=module', '-e', script], { gid: 12 });
    expect(host.stdout).toBe('true 12\n');
  });

  it.each(['require', 'off'])('EXE-22: gets a refusal once it has given that up (native: %s)', async (native) => {
    const script = `const { createRunner } = await import(${JSON.stringify(pathToFileURL(bundleFile).href)});
      process.setgid(65534);
      process.setuid(65534);
      const { run } = createRunner({ native: ${JSON.stringify(native)} });
      const told = [];
      for (const options of [{ uid: 0, gid: 0 }, { uid: 65534, gid: 65534 }, { gid: 12 }]) {
        const { outcome, cleanup } = await run('true', [], options);
        told.push([outcome.kind, outcome.error?.code, outcome.error?.operation, outcome.error?.errno, cleanup.status]);
      }
      const { success } = await run('true', [], { elevated: 'refuse' });
      console.log(JSON.stringify({ told, success }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const refusal = ['not-started', 'PERMISSION_DENIED', 'identity', 'EPERM', 'not-needed'];
    expect(JSON.parse(stdout)).toEqual({ told: [refusal, refusal, refusal], success: true });
  });
});
