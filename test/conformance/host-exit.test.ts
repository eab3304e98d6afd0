// Promised    : however the host ends - process.exit, an exception, a signal it does not handle, the natural end of its
//               loop - its commands end with it; a running command keeps the loop alive unless it was told not to.
// Not promised: SIGKILL of the host, and processes that left the group, where the containment is a group.
import { expect, it } from 'vitest';
import { Host } from '../programs/host.js';
import { killSeen } from '../programs/oracle.js';
import type { HostRole } from '../programs/roles.js';
import { forEachBackend } from './describe-backend.js';

/** Processes that the hosts start: one that waits, a tree of seven, one that ignores SIGTERM. */
const STARTED = 9;

forEachBackend((scene) => {
  async function withHost(role: HostRole, body: (host: Host) => Promise<void>): Promise<void> {
    const native = scene.hasEngine ? 'require' : 'off';
    const host = new Host(role, { native, args: [scene.probe] });
    try {
      await body(host);
    } finally {
      scene.record(await host.close());
    }
  }

  it.each([
    { role: 'exit', code: 3, says: '' },
    { role: 'throw', code: 1, says: 'thrown on purpose' },
    { role: 'reject', code: 1, says: 'rejected on purpose' },
    { role: 'natural-end', code: 0, says: '' },
  ] as const)('leaves nothing behind when the host ends by $role', async ({ role, code, says }) => {
    await withHost(role, async (host) => {
      await host.line('up');
      const ending = await host.ending();
      expect(ending).toMatchObject({ code, signal: null });
      expect(ending.stderr).toContain(says);
      await scene.eventuallyMembers(0);
    });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'leaves nothing behind when the host ends by %s',
    async (signal) => {
      await withHost('stay', async (host) => {
        await host.line('up');
        expect(scene.members()).toHaveLength(STARTED);
        host.signal(signal);
        // The host must end the way its parent expects of that signal.
        expect(await host.ending()).toMatchObject({ code: null, signal });
        await scene.eventuallyMembers(0);
      });
    },
  );

  it('leaves nothing behind when a signal ends a host that is blocked in runSync', async (context) => {
    if (!scene.hasEngine) context.skip('without an engine nobody answers a signal while the host is blocked');
    await withHost('wait-sync', async (host) => {
      await scene.eventuallyMembers(1);
      host.signal('SIGTERM');
      expect(await host.ending()).toMatchObject({ code: null, signal: 'SIGTERM' });
      await scene.eventuallyMembers(0);
    });
  });

  it('lets a host with a handler of its own decide, also after runSync', async (context) => {
    if (!scene.hasEngine) context.skip('without an engine nobody answers a signal while the host is blocked');
    const host = new Host('wait-sync', { native: 'require', args: [scene.probe, 'answers'] });
    try {
      const [member] = await scene.eventuallyMembers(1);
      host.signal('SIGTERM');
      killSeen(member!); // only now does runSync return
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, signal: null });
      expect(ending.stdout).toContain('"kind":"signaled","signal":"SIGKILL"');
      expect(ending.stdout).toContain('answered');
    } finally {
      scene.record(await host.close());
    }
  });

  it('keeps the host alive while a command runs that nobody waits for', async () => {
    await withHost('finish', async (host) => {
      const ending = await host.ending();
      expect(ending).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(ending.stdout)).toEqual({
        stdout: 'line 0\nline 1\nline 2\n',
        outcome: { kind: 'exited', exitCode: 0 },
      });
    });
  });
});
