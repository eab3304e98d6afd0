/**
 * `custody runs replay`: the command of a record once more. What the record does not have (what was redacted, secrets) is asked for,
 * is given to the command, and is redacted in the record of the new run.
 */
import { replayPlan, type AuditStore, type MissingPart, type ReplayPlan } from '../../audit/index.js';
import { EXIT } from '../exit-codes.js';
import { execRequestOf, type ExecRequest } from '../grammar/exec.js';
import type { RunsRequest } from '../grammar/runs.js';
import type { CliHost } from '../host.js';
import { Problem } from '../problem.js';
import { printable } from '../render/display-text.js';
import { askSecret } from './ask-secret.js';
import { exec } from './exec.js';

type ReplayRequest = Extract<RunsRequest, { readonly action: 'replay' }>;

/** Runs it. @returns The exit code of the command. */
export async function replay(request: ReplayRequest, store: AuditStore, host: CliHost): Promise<number> {
  const plan = replayPlan(await store.records(request.id));
  if (plan === undefined) {
    const remedy = '"custody runs list" shows the ids of executions';
    throw new Problem(`there is no record of the start of ${printable(request.id)}`, remedy, EXIT.failed);
  }
  const given = new Set(request.secrets.map(({ name }) => name));
  const missing = plan.missing.filter(({ part, name }) => !((part === 'secret' || part === 'env') && given.has(name)));
  if (request.isDry) return show(plan, missing, request.json, host);
  const values = await askFor(missing, host);
  await store.close();
  const environment = {
    ...host.environment,
    ...Object.fromEntries(values.flatMap(({ part, name, value }) => (isVariable(part) ? [[name, value]] : []))),
  };
  return exec(requestOf(request, plan, values), { ...host, environment });
}

interface Answer extends MissingPart {
  readonly value: string;
}

async function askFor(missing: readonly MissingPart[], { sinks }: CliHost): Promise<readonly Answer[]> {
  const asked = missing.filter(({ part }) => part !== 'input');
  if (asked.length < missing.length)
    sinks.err('custody: it was given input, which is not recorded; this run reads ours\n');
  if (asked.length > 0 && !process.stdin.isTTY) {
    const names = asked.map(nameOf).join(', ');
    throw new Problem(
      `the record does not have ${names}`,
      'run this on a terminal, or give variables with --secret NAME[=file]',
    );
  }
  const answers: Answer[] = [];
  for (const part of asked) {
    const value = await askSecret(`custody: ${printable(nameOf(part))}`, (text) => {
      sinks.err(text);
    });
    if (value === undefined) throw new Problem('nothing was run: a value was not given', undefined, EXIT.cancelled);
    answers.push({ ...part, value });
  }
  return answers;
}

function requestOf(request: ReplayRequest, plan: ReplayPlan, answers: readonly Answer[]): ExecRequest {
  const valueOf = (part: MissingPart['part'], name: string): string | undefined =>
    answers.find((answer) => answer.part === part && answer.name === name)?.value;
  const { cwd, env, shell, timeoutMs } = plan.options;
  const typed = answers.filter(({ part, value }) => !isVariable(part) && value !== '');
  const words = plan.arguments.map((word, index) => valueOf('argument', String(index)) ?? word);
  return {
    ...execRequestOf([valueOf('executable', '') ?? plan.executable, ...words]),
    cwd: valueOf('cwd', '') ?? cwd,
    env: env === undefined ? {} : (Object.fromEntries(Object.entries(env)) as ExecRequest['env']),
    secrets: [
      ...request.secrets,
      ...answers.filter(({ part }) => isVariable(part)).map(({ name }) => ({ name, file: undefined })),
    ],
    redact: typed.map(({ value }) => escapePattern(value)),
    timeoutMs,
    config: request.config,
    shell: shell !== undefined,
    json: request.json,
    audit: { isWanted: request.isAudited, file: request.file },
  };
}

function show(plan: ReplayPlan, missing: readonly MissingPart[], isJson: boolean, { sinks }: CliHost): number {
  if (isJson) {
    sinks.out(`${JSON.stringify({ ...plan, missing }, null, 2)}\n`);
    return EXIT.ok;
  }
  const words = plan.options.shell === undefined ? [plan.executable, ...plan.arguments].map(quoted) : [plan.executable];
  sinks.out(`${printable(words.join(' '))}\nin ${printable(plan.options.cwd ?? '.')}\n`);
  if (missing.length > 0) sinks.out(`missing: ${printable(missing.map(nameOf).join(', '))}\n`);
  return EXIT.ok;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function nameOf({ part, name }: MissingPart): string {
  switch (part) {
    case 'argument':
      return `argument ${Number(name) + 1}`;
    case 'env':
      return `variable ${name}`;
    case 'secret':
      return `secret ${name}`;
    case 'executable':
    case 'cwd':
    case 'input':
      return part;
  }
}

function isVariable(part: MissingPart['part']): boolean {
  return part === 'env' || part === 'secret';
}

/** A pattern that fits one text. */
function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
