/** Reads the option `builtins` of a runner. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Issues } from '../../core/validate.js';
import type { BuiltinModules } from './start-builtin.js';

/**
 * The modules by name; `undefined` without any.
 *
 * @throws {@link CommandValidationError} with code `VALIDATION_FAILED`, naming every entry that is wrong.
 */
export function readBuiltins(builtins: unknown): BuiltinModules | undefined {
  if (builtins === undefined) return undefined;
  const issues = new Issues('');
  const modules = new Map<string, URL>();
  if (typeof builtins === 'object' && builtins !== null) {
    for (const [name, value] of Object.entries(builtins)) {
      const module = moduleOf(value);
      if (!/^[\w.-]+$/u.test(name)) issues.add('builtins', 'must have names of letters, digits, dots, hyphens and _');
      else if (module === undefined) issues.add(`builtins.${name}`, 'must be a file: URL or an absolute path');
      else modules.set(name, module);
    }
  } else issues.add('builtins', 'must be an object of modules by name');
  issues.throwIfAny();
  return modules.size === 0 ? undefined : modules;
}

function moduleOf(value: unknown): URL | undefined {
  if (typeof value === 'string') return isAbsolute(value) ? pathToFileURL(value) : undefined;
  return value instanceof URL && value.protocol === 'file:' ? value : undefined;
}
