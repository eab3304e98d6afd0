/**
 * The functions of the package itself: those of one runner without defaults, on the backend that `CUSTODY_NATIVE` picks.
 */
import { createRunner } from './create-runner.js';

const runner = createRunner();

/** Runs a command: see {@link RunFunction}. */
export const run = runner.run;

/** Starts a command: see {@link StartFunction}. */
export const start = runner.start;

/** Runs a command and blocks until it has settled: see {@link RunSyncFunction}. */
export const runSync = runner.runSync;

/** Begins a scope: everything started in it ends, confirmed, when it is disposed. */
export const scope = runner.scope;

/** The shells that the option `shell` chooses from. */
export const shells = runner.shells;

/** What can be relied on here, before anything runs: see {@link CustodyRunner.capabilities}. */
export const capabilities = runner.capabilities;

/** The same after trying: see {@link CustodyRunner.probeCapabilities}. */
export const probeCapabilities = runner.probeCapabilities;

/** How many commands run and wait. */
export const activity = runner.activity;

/** Whether commands can be relied on here, and what speaks against it: see {@link CustodyRunner.health}. */
export const health = runner.health;
