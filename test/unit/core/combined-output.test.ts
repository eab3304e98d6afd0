import { describe, expect, it } from 'vitest';
import { combinedBytes, combinedText, type CapturedOutput } from '../../../src/core/combined-output.js';
import { createRedactor } from '../../../src/policy/redaction/create-redactor.js';
import { PLAIN_TEXT, type OutputSegment, type OutputSlice } from '../../../src/core/output-slice.js';

function whole(text: string): OutputSlice {
  const bytes = Buffer.from(text);
  return { bytes, seam: bytes.length, droppedBytes: 0 };
}

function segment(stream: 'stdout' | 'stderr', offset: number, length: number): OutputSegment {
  return { stream, offset, length, timestampMs: 0 };
}

describe('the combined output', () => {
  const output: CapturedOutput = {
    stdout: whole('a1a2'),
    stderr: whole('b1'),
    segments: [segment('stdout', 0, 2), segment('stderr', 0, 2), segment('stdout', 2, 2)],
  };

  it('follows the order of arrival', () => {
    expect(combinedText(output)).toBe('a1b1a2');
    expect(Buffer.from(combinedBytes(output)).toString()).toBe('a1b1a2');
  });

  it('begins with what arrived before the log', () => {
    expect(combinedText({ ...output, segments: output.segments.slice(2) })).toBe('a1a2b1');
    expect(combinedText({ ...output, segments: output.segments.slice(1) })).toBe('a1b1a2');
  });

  it('holds every byte without any log', () => {
    expect(combinedText({ ...output, segments: [] })).toBe('a1a2b1');
  });

  it('puts characters together that another stream interrupted', () => {
    const segments = [
      segment('stdout', 0, 1),
      segment('stderr', 0, 1),
      segment('stdout', 1, 2),
      segment('stderr', 1, 1),
    ];
    expect(combinedText({ stdout: whole('€'), stderr: whole('xy'), segments })).toBe('x€y');
  });

  it('marks a gap where it is, without half characters', () => {
    // 'ab€cdef€gh' without the bytes 3 to 10: the head ends within a character and the tail begins within one.
    const all = Buffer.from('ab€cdef€gh');
    const stdout = { bytes: Buffer.concat([all.subarray(0, 3), all.subarray(10)]), seam: 3, droppedBytes: 7 };
    const segments = [segment('stdout', 0, 6), segment('stderr', 0, 1), segment('stdout', 6, 8)];
    const captured = { stdout, stderr: whole('!'), segments };
    expect(combinedText(captured)).toBe('ab\n[OUTPUT TRUNCATED: 7 bytes dropped]\n!gh');
    expect(combinedBytes(captured)).toHaveLength(8);
  });

  it('flushes an incomplete last character', () => {
    const stdout = { bytes: Buffer.from('a€').subarray(0, 2), seam: 2, droppedBytes: 0 };
    expect(combinedText({ stdout, stderr: whole('b'), segments: [] })).toBe('ab\uFFFD');
  });

  describe('without secrets', () => {
    const values = [['S', 'hunter2xyz']] as const;
    const redactor = createRedactor({ values, builtIn: false, patterns: [], longRuns: false });

    it('ENV-10: shows none that one stream interrupts in the other', () => {
      const segments = [segment('stdout', 0, 6), segment('stderr', 0, 2), segment('stdout', 6, 4)];
      const captured = { stdout: whole('hunter2xyz'), stderr: whole('ab'), segments };
      expect(combinedText(captured, PLAIN_TEXT, redactor)).toBe('ab[REDACTED]');
      expect(Buffer.from(combinedBytes(captured, redactor)).toString()).toBe('******ab****');
    });

    it('ENV-10: shows none that both streams put together', () => {
      const segments = [segment('stdout', 0, 1), segment('stderr', 0, 9)];
      const captured = { stdout: whole('h'), stderr: whole('unter2xyz'), segments };
      expect(combinedText(captured, PLAIN_TEXT, redactor)).not.toContain('hunter2xyz');
      expect(Buffer.from(combinedBytes(captured, redactor)).toString()).toBe('*'.repeat(10));
    });
  });
});
