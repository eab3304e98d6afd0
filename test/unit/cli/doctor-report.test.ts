import { describe, expect, it } from 'vitest';
import type { BackendCapabilities, ContainmentLevel } from '../../../src/backend/backend.js';
import { weaknesses } from '../../../src/cli/render/weaknesses.js';
import { renderDoctorReport, type DoctorReport } from '../../../src/cli/render/doctor-report.js';

const held = { reach: 'tree', how: 'looks' } as const;
const perProcess = { reach: 'process', how: 'an rlimit' } as const;
const free = { reach: 'none', how: 'nobody looks' } as const;
const everyLimit = {
  memoryBytes: held,
  cpuTimeMs: held,
  maxProcesses: held,
  maxOpenFiles: perProcess,
  maxFileSizeBytes: perProcess,
};
const someLimits = { ...everyLimit, memoryBytes: free, cpuTimeMs: perProcess, maxProcesses: free };
const strong: ContainmentLevel = {
  available: true,
  detail: 'subreaper',
  escapeProof: true,
  hostCrash: 'nothing',
  limits: everyLimit,
};
const weak: ContainmentLevel = {
  available: true,
  detail: 'process group',
  escapeProof: false,
  hostCrash: 'all',
  limits: someLimits,
};
const missing: ContainmentLevel = { ...weak, available: false, detail: 'not built' };

const best: BackendCapabilities = {
  backend: 'native',
  deadlines: 'engine',
  containment: { tree: strong, strict: strong, group: weak, none: weak },
  defaultContainment: 'tree',
  endsWithWorker: true,
  cleanup: 'confirmed',
  terminal: true,
  usage: true,
  order: 'engine',
  blockFlow: true,
  features: { pidfd: true, cloneInto: false, release: '6.1' },
};

const worst: BackendCapabilities = {
  ...best,
  backend: 'fallback',
  deadlines: 'event-loop',
  containment: { tree: missing, strict: missing, group: weak, none: weak },
  defaultContainment: 'group',
  endsWithWorker: false,
  cleanup: 'confirmed-group-only',
  terminal: false,
  usage: false,
  order: 'event-loop',
  blockFlow: false,
  features: {},
};

const report: DoctorReport = {
  version: '1.2.3',
  node: 'v20.0.0',
  platform: 'linux x64 6.1',
  nativeMode: 'auto',
  limits: {
    idleTimeoutMs: { min: 1, max: 86_400_000, standard: 0 },
    maxOutputBytes: { min: 1_024, max: 4_096, standard: 2_048 },
  },
  capabilities: { ...best, file: '/p/custody.node', probed: true },
  weaker: [],
};

describe('weaknesses', () => {
  it('has nothing to say where every guarantee holds', () => {
    expect(weaknesses(best)).toEqual([]);
  });

  it('names each guarantee that does not hold', () => {
    const said = weaknesses(worst).join('\n');
    const subjects = [
      'setsid',
      'SIGKILL',
      'process group only',
      'event loop delays',
      'order',
      'reader',
      'CPU',
      'not enforced by default: memoryBytes, maxProcesses',
      'Ctrl+Z',
      'tree',
      'strict',
    ];
    for (const subject of subjects) expect(said).toContain(subject);
  });
});

describe('renderDoctorReport', () => {
  it('shows backend, file, levels, features and limits', () => {
    const text = renderDoctorReport(report);
    expect(text).toMatch(/^custody +1\.2\.3$/m);
    expect(text).toMatch(/^backend +native \(CUSTODY_NATIVE=auto\)$/m);
    expect(text).toMatch(/^addon +\/p\/custody\.node$/m);
    expect(text).toMatch(/^\* tree +subreaper; escape-proof; if the host is killed: nothing survives$/m);
    expect(text).toMatch(/^ {2}group +process group; can be left; if the host is killed: all survive$/m);
    expect(text).toMatch(/^ {2}memoryBytes +all processes together: looks$/m);
    expect(text).toMatch(/^ {2}maxOpenFiles +each process: an rlimit$/m);
    expect(text).toMatch(/^ {2}pidfd +yes$/m);
    expect(text).toMatch(/^ {2}release +6\.1$/m);
    expect(text).toMatch(/^ {2}idleTimeoutMs +off, 1 ms to 24 h$/m);
    expect(text).toMatch(/^ {2}maxOutputBytes +2 KiB, 1 KiB to 4 KiB$/m);
    expect(text).not.toContain('Not guaranteed');
  });

  it('shows the reason for the fallback and what is weaker', () => {
    const capabilities = { ...worst, fallbackReason: 'no addon', probed: true };
    const text = renderDoctorReport({ ...report, capabilities, weaker: weaknesses(worst) });
    expect(text).toMatch(/^reason +no addon$/m);
    expect(text).toMatch(/^ {2}tree +not available: not built$/m);
    expect(text).toContain('Not guaranteed here\n  - ');
  });

  it('shows why no backend can be had', () => {
    const { version, node, platform, nativeMode, limits, weaker } = report;
    const host = { version, node, platform, nativeMode };
    const text = renderDoctorReport({
      ...host,
      limits,
      weaker,
      problem: { code: 'NATIVE_UNAVAILABLE', message: 'no addon' },
    });
    expect(text).toMatch(/^backend +none/m);
    expect(text).toMatch(/^problem +NATIVE_UNAVAILABLE: no addon$/m);
  });
});

it('EXE-22: says that commands run as root where the host is root', () => {
  expect(weaknesses(best, true).join('\n')).toContain('commands run as root');
  expect(weaknesses(best).join('\n')).not.toContain('root');
});
