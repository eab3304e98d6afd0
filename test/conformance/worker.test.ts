// Promised    : each JavaScript environment owns its commands: when a worker ends, by whatever way, its commands end and
//               those of other environments do not notice.
// Not promised: results of a worker that was terminated; and without an engine, the end of its commands, because no code
//               of a terminated worker runs any more.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { Host } from '../programs/host.js';
import { killProcessesOf, processesOf } from '../programs/oracle.js';
import { placeProgram, programSuffix } from '../programs/probe-files.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  it.each(['worker-terminate', 'worker-exit', 'worker-ends'] as const)(
    'ends the commands of the worker and no others with %s',
    async (role) => {
      const native = scene.hasEngine ? 'require' : 'off';
      const workerProbe = join(scene.directory, `worker-probe${programSuffix}`);
      placeProgram(scene.probe, workerProbe);
      const host = new Host(role, { native, args: [scene.probe, workerProbe] });
      try {
        await host.line('up');
        expect(JSON.parse(await host.line('{'))).toEqual({ state: 'running', stdout: 'still\0' });
        if (scene.capabilities.endsWithWorker || role !== 'worker-terminate') {
          await eventually(
            () => processesOf(workerProbe).length === 0,
            () => `no command of the worker; there are ${JSON.stringify(processesOf(workerProbe))}`,
          );
        }
        expect(scene.members()).toHaveLength(7);
        host.endInput();
        expect(await host.ending()).toMatchObject({ code: 0, signal: null, stderr: '' });
        await scene.eventuallyMembers(0);
      } finally {
        await host.close();
        killProcessesOf(workerProbe);
      }
    },
  );
});
