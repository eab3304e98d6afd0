/**
 * The redactor of a run: what its invocation registers. Runs that register nothing have none, which is the rule; those of a
 * runner with defaults share theirs.
 */
import type { Invocation } from '../core/invocation.js';
import type { Redactor } from '../core/redactor.js';
import { createRedactor, type NamedValue } from '../policy/redaction/create-redactor.js';

export class RunRedaction {
  #last: { readonly invocation: Readonly<Invocation>; readonly redactor: Redactor } | undefined;

  /** @throws `CommandValidationError` naming each pattern that is none. */
  of(invocation: Readonly<Invocation>): Redactor | undefined {
    const { redact, secretLayers } = invocation;
    if (redact === undefined && secretLayers.length === 0) return undefined;
    const last = this.#last;
    if (last?.invocation.redact === redact && last?.invocation.secretLayers === secretLayers) return last.redactor;
    const redactor = createRedactor({
      values: namedValues(invocation),
      builtIn: redact?.builtIn ?? false,
      patterns: redact?.patterns ?? [],
      longRuns: false,
    });
    this.#last = { invocation, redactor };
    return redactor;
  }
}

/** A value that a later layer replaces stays registered: it is a secret all the same. */
function namedValues({ redact, secretLayers }: Readonly<Invocation>): NamedValue[] {
  const values = redact?.values.map((value, index): NamedValue => [`redact.values[${index}]`, value]) ?? [];
  for (const { set } of secretLayers) for (const [name, value] of set) values.push([`secrets.${name}`, value]);
  return values;
}
