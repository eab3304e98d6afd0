/**
 * Reads the option `eligibility`, and puts that of a call on top of its runner's: a call can only harden what its runner says.
 */
import {
  ELIGIBILITY_MODES,
  NOT_JUDGED,
  type EligibilityChoice,
  type EligibilityMode,
  type EligibilityPolicy,
} from './eligibility.js';
import { readTexts } from './read-texts.js';
import { isOneOf, isText, type Issues } from './validate.js';

const PROPERTIES = ['mode', 'deniedExecutables', 'allowedExecutables', 'scripts', 'override'] as const;

const NAMES = 'names of executables';

/** The choice in `value`, with what it leaves out taken from `base`; `undefined` if it is not valid. */
export function readEligibility(
  value: unknown,
  base: EligibilityChoice,
  issues: Issues,
): EligibilityChoice | undefined {
  if (typeof value === 'string') {
    return isOneOf(value, ELIGIBILITY_MODES, 'eligibility', issues) ? { ...base, mode: value } : undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add('eligibility', "must be 'off', 'warn', 'enforce' or an object");
    return undefined;
  }
  const given = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (!(PROPERTIES as readonly string[]).includes(key))
      issues.add(`eligibility.${key}`, `is none of ${PROPERTIES.join(', ')}`);
  }
  const { mode, deniedExecutables, allowedExecutables, scripts, override } = given as Record<
    keyof EligibilityPolicy,
    unknown
  >;
  const denied = readNames(deniedExecutables, 'deniedExecutables', issues);
  const allowed = readNames(allowedExecutables, 'allowedExecutables', issues);
  return {
    mode: readMode(mode, issues) ?? base.mode,
    denied: denied ?? base.denied,
    allowed: allowed === undefined ? base.allowed : [allowed],
    scripts: readScripts(scripts, issues) ?? base.scripts,
    override: readOverride(override, issues),
  };
}

/** What holds for a call: the harder of both modes, both lists of denied names, every list of allowed ones. */
export function hardened(runner: EligibilityChoice, call: EligibilityChoice, issues: Issues): EligibilityChoice {
  if (runner === call || runner === NOT_JUDGED) return call;
  const isWeaker = ELIGIBILITY_MODES.indexOf(call.mode) < ELIGIBILITY_MODES.indexOf(runner.mode);
  if (isWeaker && call.override === undefined) {
    issues.add('eligibility.mode', `is '${runner.mode}' for this runner: to get round it, give a reason in override`);
  }
  return {
    ...call,
    mode: isWeaker ? runner.mode : call.mode,
    denied: call.denied === runner.denied ? runner.denied : [...runner.denied, ...call.denied],
    allowed: call.allowed === runner.allowed ? runner.allowed : [...runner.allowed, ...call.allowed],
  };
}

function readMode(value: unknown, issues: Issues): EligibilityMode | undefined {
  if (value === undefined) return undefined;
  return isOneOf(value, ELIGIBILITY_MODES, 'eligibility.mode', issues) ? value : undefined;
}

function readNames(value: unknown, name: string, issues: Issues): readonly string[] | undefined {
  return value === undefined ? undefined : readTexts(value, `eligibility.${name}`, NAMES, issues);
}

function readOverride(value: unknown, issues: Issues): string | undefined {
  if (value === undefined || !isText(value, 'eligibility.override', issues)) return undefined;
  if (value.trim() === '') issues.add('eligibility.override', 'must not be blank: it is the reason that is recorded');
  return value;
}

function readScripts(value: unknown, issues: Issues): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add('eligibility.scripts', 'must be an object with lines, as in package.json');
    return undefined;
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const lines = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (lines.length < entries.length) issues.add('eligibility.scripts', 'must have nothing but strings');
  // No prototype: a script may be called `constructor`.
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(lines));
}
