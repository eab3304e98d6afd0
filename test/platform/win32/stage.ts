/** What the tests of Windows share: a scene on the native backend, opened before each test and closed after it. */
import { afterEach, beforeEach } from 'vitest';
import { BackendScene } from '../../conformance/scene.js';

/** A scene that a whole file uses. Where there is no Windows, its tests must be skipped: see `onWindows`. */
export function windowsScene(): BackendScene {
  const scene = new BackendScene('require');
  beforeEach((context) => {
    scene.open();
    context.onTestFailed(() => {
      console.error(scene.journal());
    });
  });
  afterEach(() => scene.closeAndAssertEmpty());
  return scene;
}

export const onWindows = process.platform === 'win32';
