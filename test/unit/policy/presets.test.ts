import { describe, expect, it } from 'vitest';
import { readDefaults } from '../../../src/core/invocation.js';
import { RUN_LIMITS } from '../../../src/policy/limits.js';
import { PRESETS, type Preset } from '../../../src/policy/presets.js';
import { createRunner } from '../../../src/runner/create-runner.js';

const standard = readDefaults(undefined, RUN_LIMITS);

function defaultsOf(preset: Preset): Record<string, unknown> {
  return { ...readDefaults(PRESETS[preset].defaults, RUN_LIMITS) };
}

describe('a preset', () => {
  it('default changes nothing', () => {
    expect(defaultsOf('default')).toEqual(standard);
  });

  it('ENV-06, ENV-07: agent has a minimal environment, sets CI and telemetry opt-outs, and redacts', () => {
    expect(defaultsOf('agent')).toMatchObject({
      envMode: 'minimal',
      envExclude: ['*_TOKEN', '*_KEY', '*_SECRET', '*_PASSWORD'],
      envLayers: [
        {
          set: [
            ['CI', 'true'],
            ['DOTNET_CLI_TELEMETRY_OPTOUT', '1'],
          ],
          unset: [],
        },
      ],
      redact: { builtIn: true, inResult: true },
    });
    expect(PRESETS.agent.maxConcurrent).toBe(4);
  });

  it('OUT-15: agent has LF as line end, default and compat what the command wrote', () => {
    expect(defaultsOf('agent')['newlines']).toBe('lf');
    for (const preset of ['default', 'compat'] as const) expect(defaultsOf(preset)['newlines']).toBe('keep');
  });

  it('EXE-22: agent refuses to run commands as root, default and compat do not', () => {
    expect(defaultsOf('agent')['elevated']).toBe('refuse');
    expect(defaultsOf('default')['elevated']).toBe('allow');
    expect(defaultsOf('compat')['elevated']).toBe('allow');
  });

  it('LIM-03: agent has 512 MiB for a command, the others no limit', () => {
    expect(defaultsOf('agent')['limits']).toEqual({ memoryBytes: 536_870_912 });
    for (const preset of ['default', 'compat'] as const) expect(defaultsOf(preset)['limits']).toEqual({});
  });

  it('D-06: compat filters and redacts nothing', () => {
    expect(defaultsOf('compat')).toMatchObject({
      ...{ envMode: 'merge', envLayers: [], redact: undefined, stragglers: 'leave' },
    });
  });

  it('gives way to the options of a runner, whose variables come on top', () => {
    const own = { envMode: 'inherit', env: { CI: undefined } } as const;
    const defaults = readDefaults(own, RUN_LIMITS, readDefaults(PRESETS.agent.defaults, RUN_LIMITS));
    expect(defaults).toMatchObject({ envMode: 'inherit', redact: { builtIn: true } });
    expect(defaults.envLayers.at(-1)).toEqual({ set: [], unset: ['CI'] });
  });

  it('of another name is refused', () => {
    expect(() => createRunner({ preset: 'strict' as Preset })).toThrow("preset must be 'default', 'agent', 'compat'");
    expect(() => createRunner({ preset: 'constructor' as Preset })).toThrow('preset must be');
  });
});
