/** The grammar of `custody doctor`. */
import type { Command } from 'commander';
import type { TypedLine } from './grammar.js';

/** One `custody doctor`. */
export interface DoctorRequest {
  readonly kind: 'doctor';
  readonly json: boolean;
}

/** Declares `doctor`. */
export function doctorGrammar(program: Command, line: TypedLine<DoctorRequest>): void {
  program
    .command('doctor')
    .description('Show the backend in use, what it can contain, and its limits.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExit code: 0, or 1 when CUSTODY_NATIVE=require cannot be met.')
    .action((options: { readonly json?: true }) => {
      line.accept({ kind: 'doctor', json: options.json ?? false });
    });
}
