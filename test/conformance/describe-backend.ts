/**
 * Runs one suite against every backend. Differences between backends are read from `scene.capabilities`, never from the
 * name of a backend or a platform.
 *
 * Without a loadable addon the native half fails; `CUSTODY_TEST_NATIVE=optional` turns that into a skipped test that says why.
 */
import { afterEach, beforeEach, describe, it } from 'vitest';
import { createRunner } from '../../src/index.js';
import { BackendScene, type BackendChoice } from './scene.js';

interface BackendUnderTest {
  readonly name: string;
  readonly choice: BackendChoice;
}

const backends: readonly BackendUnderTest[] = [
  { name: 'native', choice: 'require' },
  { name: 'fallback', choice: 'off' },
];

function loadError(choice: BackendChoice): Error | undefined {
  try {
    createRunner({ native: choice }).capabilities();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Registers `suite` once per backend; launches through `scene` are ended after each test, whatever happened. */
export function forEachBackend(suite: (scene: BackendScene) => void): void {
  describe.each(backends)('$name', ({ name, choice }) => {
    const error = loadError(choice);
    if (error !== undefined) {
      it(`has the ${name} backend`, (context) => {
        if (process.env['CUSTODY_TEST_NATIVE'] !== 'optional') throw error;
        console.warn(`NOT TESTED: the ${name} backend does not load: ${error.message}`);
        context.skip(`the ${name} backend does not load`);
      });
      return;
    }
    const scene = new BackendScene(choice);
    beforeEach((context) => {
      scene.open();
      context.onTestFailed(() => {
        console.error(scene.journal());
      });
    });
    afterEach(() => scene.closeAndAssertEmpty());
    suite(scene);
  });
}

/** `true` where the long versions of tests are wanted (`CUSTODY_TEST_LONG=1`). */
export const isLong = process.env['CUSTODY_TEST_LONG'] === '1';
