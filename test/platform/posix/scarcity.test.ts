// Promised    : a host that runs out of descriptors gets a result that says so, loses none, and what it asks for meanwhile
//               starts when there are some again.
// Not promised: how many descriptors a run needs.
import { expect, it } from 'vitest';
import { forEachBackend } from '../../conformance/describe-backend.js';
import { Host } from '../../programs/host.js';

forEachBackend((scene) => {
  it('CON-07: reports that descriptors ran out, and goes on by itself once there are some', async () => {
    const native = scene.hasEngine ? 'require' : 'off';
    const launcher = [scene.probe, 'become', 'nofile=96', '--'];
    const host = new Host('few-descriptors', { native, args: [scene.probe], launcher });
    try {
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, stderr: '' });
      const starved = JSON.parse(ending.stdout) as { launchesAgain: number };
      expect(starved).toMatchObject({ kind: 'not-started', code: 'RESOURCE_LIMIT', launches: 5, stdout: 'x\0' });
      expect(starved.launchesAgain).toBeGreaterThan(1);
    } finally {
      await host.close();
    }
  });
});
