// Promised    : a parameter file is readable by the command while it is used, and gone however its use or its host ends.
// Not promised: SIGKILL of the host; the file is then removed once its time is over.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withParameterFile } from '../../src/index.js';
import { Host } from '../programs/host.js';
import { eventually } from '../conformance/eventually.js';
import { forEachBackend } from './describe-backend.js';

forEachBackend((scene) => {
  function makeFolder(): string {
    const folder = join(scene.directory, 'parameters');
    mkdirSync(folder);
    return folder;
  }

  describe('CMD-17: a parameter file', () => {
    it('is read by the command, however large', async () => {
      const folder = makeFolder();
      const content = 'x'.repeat(10_000_000);
      const result = await withParameterFile(content, (file) => scene.run('read-stdin', [], { stdin: { file } }), {
        folder,
      });
      expect(result.stdout).toContain('10000000');
      expect(readdirSync(folder)).toEqual([]);
    });

    it.each(['exit', 'SIGTERM', 'SIGINT'] as const)('is gone when the host ends by %s', async (ending) => {
      const folder = makeFolder();
      const native = scene.hasEngine ? 'require' : 'off';
      const host = new Host('parameter-file', { native, args: [scene.probe, folder, ending] });
      try {
        await host.line('up');
        if (ending !== 'exit') {
          expect(readdirSync(folder)).toHaveLength(1);
          host.signal(ending);
        }
        await host.ending();
        expect(readdirSync(folder)).toEqual([]);
        await eventually(
          () => scene.members().length === 0,
          () => 'no command after the end of the host',
        );
      } finally {
        scene.record(await host.close());
      }
    });
  });
});
