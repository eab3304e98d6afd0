import { describe, expect, it } from 'vitest';
import { createColors } from '../../../src/cli/render/colors.js';
import { ProgressLine, progressText, type ProgressState } from '../../../src/cli/render/progress.js';

const state: ProgressState = { total: 10, ended: 4, failed: 1, running: ['npm test', 'a\x1b[2J'], elapsedMs: 1_500 };

describe('the progress line', () => {
  it('tells how far the commands are, without anything that acts on the terminal', () => {
    expect(progressText(state, 100)).toBe(
      '[########------------] 4/10, 1 failed, 2 running, 1.5 s: npm test | a\\x1b[2J',
    );
  });

  it('leaves the last column free, however narrow the terminal is', () => {
    for (let columns = 2; columns < 100; columns += 1)
      expect(progressText(state, columns).length).toBeLessThan(columns);
  });

  it('is taken away before other text, and is not there at all without a terminal', () => {
    const written: string[] = [];
    const sinks = { out: () => undefined, err: (text: string) => void written.push(text) };
    const line = (isTTY: boolean): ProgressLine =>
      new ProgressLine(sinks, { isTTY, columns: isTTY ? 80 : undefined, colors: createColors(false) }, () => state);
    line(false).draw();
    expect(written).toEqual([]);
    const shown = line(true);
    shown.clear();
    shown.draw();
    shown.clear();
    shown.clear();
    expect(written).toEqual([expect.stringContaining('4/10'), '\r\x1b[K']);
  });
});
