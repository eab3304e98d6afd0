// Promised    : text made of a cut slice shows the seam and holds no half character that the bytes had whole.
// Not promised: that bytes which are no UTF-8 come back.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textOf, truncationMarker } from '../../src/core/output-slice.js';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });

it('cuts on the borders of characters', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
      const bytes = new TextEncoder().encode(whole);
      const [seam, tailStart] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y) as [
        number,
        number,
      ];
      const kept = Buffer.concat([bytes.subarray(0, seam), bytes.subarray(tailStart)]);
      const shown = textOf({ bytes: kept, seam, droppedBytes: tailStart - seam });
      if (tailStart === seam) {
        expect(shown).toBe(whole);
        return;
      }
      const marker = truncationMarker(tailStart - seam);
      const at = shown.indexOf(marker);
      const [head, tail] = [shown.slice(0, at), shown.slice(at + marker.length)];
      expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
      expect(Buffer.byteLength(head)).toBeGreaterThan(seam - 4);
      expect(Buffer.byteLength(tail)).toBeGreaterThan(bytes.length - tailStart - 4);
    }),
    { numRuns: 2000 },
  );
});
