// Promised    : the lists in roles.ts are those of the programs, and every role is in a test.
// Not promised: that the test which names a role also reaches it when only some tests are run.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeFile } from '../programs/probe-files.js';
import { hostRoles, probeRoles } from '../programs/roles.js';

const testRoot = join(import.meta.dirname, '..');
const programs = join(testRoot, 'programs');

function testTexts(): string {
  return readdirSync(testRoot, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('roles.test.ts'))
    .map((name) => readFileSync(join(testRoot, name), 'utf8'))
    .join('\n');
}

describe('roles', () => {
  it('are those that the probe knows', () => {
    const known = execFileSync(probeFile, ['--roles'], { encoding: 'utf8' }).trim().split('\n');
    expect([...probeRoles].sort()).toEqual(known.sort());
  });

  it('are those that the host program knows', () => {
    const known = execFileSync(process.execPath, [join(programs, 'probe.mjs'), '--roles'], { encoding: 'utf8' });
    expect([...hostRoles].sort()).toEqual(known.trim().split('\n').sort());
  });

  it('are all used', () => {
    const texts = testTexts();
    expect([...probeRoles, ...hostRoles].filter((role) => !texts.includes(`'${role}'`))).toEqual([]);
  });
});
