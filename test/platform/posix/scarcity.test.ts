// Promised    : a host that runs out of descriptors gets a result that says so, loses none, and works again when there are
//               some.
// Not promised: how many descriptors a run needs.
import { expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { Host } from '../../programs/host.js';

forEachBackend((scene) => {
  it('reports that descriptors ran out, and recovers', async () => {
    const native = scene.hasEngine ? 'require' : 'off';
    const launcher = [scene.probe, 'become', 'nofile=96', '--'];
    const host = new Host('few-descriptors', { native, args: [scene.probe], launcher });
    try {
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(ending.stdout)).toMatchObject({ kind: 'not-started', code: 'RESOURCE_LIMIT', stdout: 'x\0' });
    } finally {
      await host.close();
    }
  });
});
