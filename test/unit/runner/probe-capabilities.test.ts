import { describe, expect, it } from 'vitest';
import { capabilities } from '../../../src/index.js';
import { probeGuardian, withProbe } from '../../../src/runner/probe-capabilities.js';
import { createRunner } from '../../../src/runner/create-runner.js';
import type { RunnerCapabilities } from '../../../src/runner/runner.js';

const level = { available: true, detail: 'as found', escapeProof: true, hostCrash: 'nothing' } as const;
const base = capabilities();
const found: RunnerCapabilities = {
  ...base,
  containment: {
    ...base.containment,
    tree: { ...base.containment.tree, ...level },
    strict: { ...base.containment.strict, ...level },
    group: { ...base.containment.group, available: true, escapeProof: false },
  },
  defaultContainment: 'tree',
  cleanup: 'confirmed',
  probed: false,
};

describe('withProbe', () => {
  const fine = { guardian: 'ok', subreaper: 'ok', children_file: 'ok', namespace: 'ok', cgroup: 'EACCES leaf' };
  const facts = (changed: Record<string, string> = {}) => new Map(Object.entries({ ...fine, ...changed }));

  it('keeps what works, and tells every fact', () => {
    const after = withProbe(found, facts());
    expect(after.containment).toEqual(found.containment);
    expect(after).toMatchObject({ probed: true, defaultContainment: 'tree', cleanup: 'confirmed' });
    expect(after.features).toMatchObject({ cgroup: 'EACCES leaf', namespace: 'ok' });
  });

  it('takes back the level that lacks something, and says what', () => {
    const after = withProbe(found, facts({ namespace: 'EPERM' }));
    expect(after.containment.strict).toMatchObject({ available: false, detail: 'namespace: EPERM' });
    expect(after.containment.tree.available).toBe(true);
  });

  it.each([
    ['guardian', 'custody-guardian: not found'],
    ['subreaper', 'EINVAL'],
  ])('falls to the group without %s', (name, reason) => {
    const after = withProbe(found, facts({ [name]: reason }));
    expect(after).toMatchObject({ defaultContainment: 'group', cleanup: 'confirmed-group-only' });
    expect(after.containment.tree.detail).toBe(`${name}: ${reason}`);
  });
});

describe('probeGuardian', () => {
  it('says why a guardian that is not there cannot be asked', async () => {
    const facts = await probeGuardian(createRunner(), '/nowhere/custody.node');
    expect(facts.get('guardian')).toMatch(/custody-guardian|not found/i);
  });
});

describe('a runner', () => {
  it('knows what was tried from then on', async () => {
    const runner = createRunner();
    expect(runner.capabilities().probed).toBe(false);
    const probed = await runner.probeCapabilities();
    expect(probed.probed).toBe(true);
    if (probed.file !== undefined) expect(probed.features['guardian']).toBe('ok');
    expect(runner.capabilities()).toBe(probed);
    expect(await runner.probeCapabilities()).toBe(probed);
  });

  it('learns nothing from a runner that is closed, and does not keep that', async () => {
    const runner = createRunner({ native: 'auto' });
    if (runner.capabilities().file === undefined) return;
    await runner.close();
    await expect(runner.probeCapabilities()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(runner.capabilities().probed).toBe(false);
  });

  it('has nothing to try with the fallback', async () => {
    const runner = createRunner({ native: 'off' });
    expect(await runner.probeCapabilities()).toEqual({ ...runner.capabilities(), probed: true });
  });
});
