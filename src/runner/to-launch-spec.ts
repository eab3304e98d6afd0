/**
 * From a validated invocation to what a backend is asked for.
 */
import type { LaunchSpec, StdinSpec } from '../backend/backend.js';
import type { EnvLayer, Invocation } from '../core/invocation.js';
import type { Containment, OutputTarget } from '../core/launch-spec.js';
import { ringSizeOf } from '../core/retention.js';
import { environmentOf, type HostEnvironment, type PlannedEnvironment } from '../policy/env-policy.js';
import { CLEANUP_BUDGET_MS, MAX_CANCEL_GRACE_MS, STRAGGLER_GRACE_MS } from '../policy/limits.js';

/** The launch of an invocation on a backend with this default containment; `holdsOutput` as in {@link LaunchSpec}. */
export function toLaunchSpec(
  invocation: Readonly<Invocation>,
  environment: PlannedEnvironment,
  defaultContainment: Containment,
  holdsOutput: boolean,
): LaunchSpec {
  const { file, args, cwd } = invocation.launchTarget ?? invocation;
  const { ringBytes, headBytes } = ringSizeOf(invocation);
  return {
    file,
    args,
    isVerbatim: invocation.launchTarget?.isVerbatim ?? false,
    cwd,
    environment,
    stdin: stdinSpec(invocation),
    stdout: outputTarget(invocation, invocation.stdout),
    stderr: invocation.stdio === 'merged' ? 'merged' : outputTarget(invocation, invocation.stderr),
    uid: invocation.uid,
    gid: invocation.gid,
    containment: invocation.containment ?? defaultContainment,
    containmentRequired: invocation.containment !== undefined,
    stragglers: invocation.stragglers,
    limits: invocation.limits,
    strictLimits: invocation.strictLimits,
    ringBytes,
    headBytes,
    outputLimitBytes: invocation.onOverflow === 'kill' ? invocation.maxOutputBytes : 0,
    holdsOutput,
    timeoutMs: invocation.timeoutMs,
    idleTimeoutMs: invocation.idleTimeoutMs,
    graceMs: invocation.graceMs,
    drainMs: invocation.drainMs,
    stragglerGraceMs: STRAGGLER_GRACE_MS,
    // Whoever cancels waits for the grace period and this together.
    cleanupBudgetMs: CLEANUP_BUDGET_MS - Math.min(invocation.graceMs, MAX_CANCEL_GRACE_MS),
  };
}

/** The environment of an invocation as the host's is now. */
export function environmentFor(invocation: Readonly<Invocation>, host: HostEnvironment): PlannedEnvironment {
  const { envMode, envExclude, envInclude } = invocation;
  const filter = { include: envInclude, exclude: envExclude };
  return environmentOf(envMode, layersOf(invocation), host, filter);
}

/** All variables of an invocation. Secrets come last: nothing given elsewhere replaces one. */
export function layersOf({ envLayers, secretLayers }: Readonly<Invocation>): readonly EnvLayer[] {
  return secretLayers.length === 0 ? envLayers : [...envLayers, ...secretLayers];
}

const IGNORE: StdinSpec = { kind: 'ignore' };
const INHERIT: StdinSpec = { kind: 'inherit' };

/** Nobody reads what a detached command writes: to capture is to discard. */
function outputTarget({ containment }: Readonly<Invocation>, wanted: OutputTarget): OutputTarget {
  return containment === 'none' && wanted === 'capture' ? 'ignore' : wanted;
}

function stdinSpec({ stdin, input, inputSource }: Readonly<Invocation>): StdinSpec {
  if (typeof stdin === 'object') return { kind: 'file', path: stdin.file };
  if (stdin === 'inherit') return INHERIT;
  if (stdin === 'pipe' || inputSource !== undefined) return { kind: 'pipe', input, keepOpen: true };
  return input === undefined ? IGNORE : { kind: 'pipe', input, keepOpen: false };
}
