import { describe, expect, it } from 'vitest';
import { BackendSelector, type BackendSources } from '../../../src/backend/backend-selector.js';
import { CustodyError } from '../../../src/core/errors.js';
import { MemoryBackend } from '../../doubles/memory-backend.js';

function scene(native: MemoryBackend | Error, distrust?: string) {
  const made: string[] = [];
  const fallback = new MemoryBackend();
  const sources: BackendSources = {
    distrust,
    loadNative: () => {
      made.push('native');
      if (native instanceof Error) throw native;
      return { backend: native, file: '/addon.node' };
    },
    createFallback: () => {
      made.push('fallback');
      return fallback;
    },
  };
  return { selector: new BackendSelector(sources), made, fallback };
}

describe('with a native backend', () => {
  const native = new MemoryBackend();

  it('makes nothing before it is asked', () => {
    expect(scene(native).made).toEqual([]);
  });

  it.each(['auto', 'require'] as const)('uses it in mode %s, and makes it once', (mode) => {
    const { selector, made } = scene(native);
    expect(selector.select(mode)).toEqual({ backend: native, file: '/addon.node', fallbackReason: undefined });
    expect(selector.select(mode).backend).toBe(native);
    expect(made).toEqual(['native']);
  });

  it('does not load it in mode off', () => {
    const { selector, made, fallback } = scene(native);
    expect(selector.select('off')).toMatchObject({ backend: fallback, fallbackReason: expect.any(String) as string });
    selector.select('off');
    expect(made).toEqual(['fallback']);
  });

  it('uses one that is not trusted only where it is required', () => {
    const { selector, made, fallback } = scene(native, 'never run');
    const refused = { backend: fallback, file: undefined, fallbackReason: 'never run' };
    expect(selector.select('auto')).toEqual(refused);
    expect(made).toEqual(['fallback']);
    expect(selector.select('require').backend).toBe(native);
    expect(selector.select('auto')).toEqual(refused);
  });

  it('closes all that were made', () => {
    const { selector, fallback } = scene(native);
    selector.closeAllSync(5);
    expect([native.closedWithMs, fallback.closedWithMs]).toEqual([undefined, undefined]);
    selector.select('auto');
    selector.select('off');
    selector.closeAllSync(7);
    expect([native.closedWithMs, fallback.closedWithMs]).toEqual([7, 7]);
  });
});

describe('without a native backend', () => {
  it('falls back in mode auto, keeps the reason and does not try again', () => {
    const { selector, made, fallback } = scene(new Error('no addon'));
    selector.select('auto');
    expect(selector.select('auto')).toEqual({
      ...{ backend: fallback, file: undefined },
      fallbackReason: 'the native backend cannot be used: no addon',
    });
    expect(made).toEqual(['native', 'fallback']);
  });

  it('throws in mode require', () => {
    const own = new CustodyError('NATIVE_UNAVAILABLE', 'no file for this platform', { operation: 'load' });
    expect(() => scene(own).selector.select('require')).toThrow(own);
    expect(() => scene(new Error('boom')).selector.select('require')).toThrow(
      expect.objectContaining({ code: 'NATIVE_UNAVAILABLE' }),
    );
  });
});
