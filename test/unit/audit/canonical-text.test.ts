// Promised    : the text of an event is its canonical JSON, whether or not the quick way was taken, and what is recorded takes it.
// Not promised: anything for values that are no JSON.
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditObserver } from '../../../src/audit/audit-observer.js';
import type { AuditStore } from '../../../src/audit/audit-store.js';
import { canonicalText, isInCanonicalOrder } from '../../../src/audit/chain.js';
import { createEventRedaction } from '../../../src/audit/event-redaction.js';
import type { AuditEvent } from '../../../src/audit/record.js';
import { createRunner } from '../../../src/index.js';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

const HEALTHY = { problems: [], refusal: null };

const objects = fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.nat().map(String)), fc.jsonValue());

describe('the text of an event', () => {
  it('is canonical JSON, however its keys stand', () => {
    fc.assert(
      fc.property(objects, (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
        expect(canonicalText(sorted(value) as object)).toBe(canonicalize(value));
      }),
    );
  });

  it('takes the quick way for no object whose keys an engine orders by their number', () => {
    expect(isInCanonicalOrder({ 9: 1, 10: 2 })).toBe(false);
    expect(canonicalText({ 9: 1, 10: 2 })).toBe('{"10":2,"9":1}');
  });

  it.each([{ a: undefined }, { a: Number.NaN }, { a: new Date(0) }, { a: [{ c: 1, b: 2 }] }])(
    'leaves %j to the library',
    (value) => {
      expect(isInCanonicalOrder(value)).toBe(false);
    },
  );

  it('is made the quick way for each record of a run', async () => {
    const events: AuditEvent[] = [];
    const store = { append: (event: AuditEvent) => void events.push(event), health: () => HEALTHY };
    const runner = createRunner({ observers: [auditObserver(store as unknown as AuditStore)] });
    await runner.run('printf', ['text'], { env: { ZED: 'z', ALPHA: 'a' }, correlation: { runId: 'r-1' } });
    await runner.close();
    const redaction = createEventRedaction([]);
    expect(events).toHaveLength(2);
    for (const event of events) expect(isInCanonicalOrder(redaction.event(event)), JSON.stringify(event)).toBe(true);
  });
});
