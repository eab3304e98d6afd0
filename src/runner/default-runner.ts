/**
 * The functions of the package itself: those of one runner without defaults, on the backend that `CUSTODY_NATIVE` picks.
 */
import { createRunner } from './create-runner.js';

export const { run, start, runSync, scope, shells, capabilities, probeCapabilities, activity, health } = createRunner();
