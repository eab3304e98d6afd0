/** The grammar of `custody validate`. */
import type { Command } from 'commander';
import { RUN_LIMITS } from '../../policy/limits.js';
import type { AuditChoice } from '../commands/run-audit.js';
import { addText } from '../repeatable.js';
import type { TypedLine } from './grammar.js';
import { addAudit, addConfig, auditChoiceOf, type AuditOptions, type ConfigChoice } from './project-options.js';
import { durationIn } from './values.js';

/** One `custody validate`. */
export interface ValidateRequest {
  readonly kind: 'validate';
  /** The file of stages; `undefined`: the usual names, else the configuration, else what the project is. */
  readonly file: string | undefined;
  readonly cwd: string | undefined;
  readonly json: boolean;
  readonly sarif: string | undefined;
  readonly junit: string | undefined;
  readonly github: boolean;
  /** `undefined`: what the file says. */
  readonly continueOnFailure: boolean | undefined;
  readonly fix: boolean | undefined;
  /** Names of the stages to run; none: all. */
  readonly stages: readonly string[];
  readonly list: boolean;
  readonly timeoutMs: number | undefined;
  readonly config: ConfigChoice;
  readonly audit: AuditChoice;
}

interface ValidateOptions extends AuditOptions {
  readonly config?: ConfigChoice;
  readonly cwd?: string;
  readonly json?: true;
  readonly sarif?: string;
  readonly junit?: string;
  readonly github?: true;
  readonly continue?: true;
  readonly fix?: boolean;
  readonly stage?: readonly string[];
  readonly list?: true;
  readonly timeout?: number;
}

const HELP = `
Without a file: custody.validate.yml, .yaml or .json in the directory, else section validation of the configuration, whose
stages run in the directory of that file unless --cwd says another, else stages for what the project is (scripts of
package.json, Cargo, pytest, ruff and mypy, .NET, Go).

--stage runs what it names and nothing else: stages that these name in "after" are not run, and count as passed.

Exit code: 0 if every stage passed, 1 if one failed, 2 usage, 124 when --timeout was spent, 130 cancelled.`;

/** Declares `validate`. */
export function validateGrammar(program: Command, line: TypedLine<ValidateRequest>): void {
  const command = program
    .command('validate')
    .description('Run the checks of a project in stages and show what they found.')
    .argument('[file]', 'a file of stages, YAML or JSON')
    .option('--cwd <directory>', 'the directory of the project')
    .option('--stage <name>', 'run this stage and no others (repeatable)', addText)
    .option('--list', 'show the stages and run none')
    .option('--continue', 'go on after a failure')
    .option('--fix', 'let stages repair what they can, whatever the file says')
    .option('--no-fix', 'repair nothing')
    .option('--timeout <duration>', 'time for all stages together', durationIn(RUN_LIMITS.totalBudgetMs))
    .option('--json', 'print one JSON document')
    .option('--github', 'print annotations for GitHub Actions')
    .option('--sarif <file>', 'write what was found as SARIF 2.1')
    .option('--junit <file>', 'write what came of the stages as JUnit XML');
  addAudit(addConfig(command), 'the runs')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: ValidateOptions) => {
      line.accept({
        kind: 'validate',
        file,
        cwd: options.cwd,
        json: options.json ?? false,
        sarif: options.sarif,
        junit: options.junit,
        github: options.github ?? false,
        continueOnFailure: options.continue,
        fix: options.fix,
        stages: options.stage ?? [],
        list: options.list ?? false,
        timeoutMs: options.timeout,
        config: options.config,
        audit: auditChoiceOf(options),
      });
    });
}
