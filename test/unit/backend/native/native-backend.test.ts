import { expect, it, vi } from 'vitest';
import { NativeBackend } from '../../../../src/backend/native/native-backend.js';
import type { NativeAddon, NativeEngine } from '../../../../src/backend/native/surface.js';

it('tells the engine of a crowd while any runner has one', () => {
  const engine = { setCrowded: vi.fn() };
  const addon: Partial<NativeAddon> = { createEngine: () => engine as Partial<NativeEngine> as NativeEngine };
  const backend = new NativeBackend(addon as NativeAddon);
  const toldAfter = (crowded: boolean): unknown[] => {
    backend.setCrowded(crowded);
    return engine.setCrowded.mock.calls.flat();
  };
  expect(toldAfter(true)).toEqual([true]);
  expect(toldAfter(true)).toEqual([true]);
  expect(toldAfter(false)).toEqual([true]);
  expect(toldAfter(false)).toEqual([true, false]);
  expect(toldAfter(true)).toEqual([true, false, true]);
});
