/**
 * `custody validate`: the stages of a file, or of what the project is, and what came of them.
 *
 * Decides where stages come from, where they run and which ones are; what a stage is and when it is skipped is the room's business.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createRunner, timeBudget } from '../../index.js';
import { folderOfConfig } from '../../config/find-config.js';
import { nearestName } from '../../core/nearest-name.js';
import {
  detectStages,
  parseStageFile,
  renderAnnotations,
  renderJUnit,
  renderSarif,
  validate as runStages,
  type StageFile,
  type ValidationOutput,
  type ValidationStage,
} from '../../validation/index.js';
import { EXIT } from '../exit-codes.js';
import type { ValidateRequest } from '../grammar/validate.js';
import type { CliHost, Sinks } from '../host.js';
import { Problem } from '../problem.js';
import { renderStageList, renderValidation } from '../render/validation-report.js';
import { readConfigured, type Configured } from './configured.js';
import { runAuditOf } from './run-audit.js';
import { StopSignals } from './stop-signals.js';

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
const DOCUMENT_VERSION = 1;
const FILE_NAMES: readonly string[] = ['custody.validate.yml', 'custody.validate.yaml', 'custody.validate.json'];

/** Runs the stages. @returns The exit code of the CLI. */
export async function validate(request: ValidateRequest, host: CliHost): Promise<number> {
  const { sinks } = host;
  const directory = resolve(request.cwd ?? '.');
  const configured = await readConfigured(request.config, host, directory);
  const { file, cwd } = await planOf(request, directory, configured);
  const stages = chosen(file.stages, request.stages);
  if (request.list) {
    sinks.out(renderStageList(stages, sinks.outScreen));
    return EXIT.ok;
  }
  const audit = runAuditOf(request.audit, host, configured);
  await audit?.prepare();
  const runner = createRunner({ ...configured?.options, observers: audit === undefined ? [] : [audit.observer] });
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort();
  };
  const signals = new StopSignals();
  signals.attach({ stop, kill: stop });
  const budget = request.timeoutMs === undefined ? undefined : timeBudget(request.timeoutMs);
  try {
    const running = runStages(runner, stages, {
      cwd,
      continueOnFailure: request.continueOnFailure ?? file.continueOnFailure,
      fix: request.fix ?? file.fix,
      budget,
      signal: abort.signal,
    });
    audit?.load();
    const output = await running;
    await report(request, output, sinks);
    if (signals.hasAsked) return EXIT.cancelled;
    if (output.success) return EXIT.ok;
    return budget?.isSpent === true ? EXIT.timeout : EXIT.stageFailed;
  } finally {
    await audit?.close();
    signals.close();
  }
}

interface Plan {
  readonly file: StageFile;
  /** Where the stages run. */
  readonly cwd: string;
}

/** The stages of a file of their own; else those of the configuration, which run where that is; else those of the project. */
async function planOf(request: ValidateRequest, cwd: string, configured: Configured | undefined): Promise<Plan> {
  const usual = FILE_NAMES.map((name) => join(cwd, name)).find((path) => existsSync(path));
  const path = request.file ?? usual;
  if (path !== undefined) return checked({ file: await parseStageFile(await textOf(path)), cwd });
  const { config, file } = configured?.loaded ?? {};
  const { stages, continueOnFailure, fix } = config?.validation ?? {};
  if (stages === undefined || file === undefined) {
    return checked({ file: { stages: await stagesOf(cwd), continueOnFailure, fix }, cwd });
  }
  // Formats are texts here; their names are checked where stages are.
  const own = { stages: stages as readonly ValidationStage[], continueOnFailure, fix };
  return checked({ file: own, cwd: request.cwd === undefined ? folderOfConfig(file) : cwd });
}

function checked(plan: Plan): Plan {
  if (plan.file.stages.length > 0) return plan;
  throw new Problem('there is nothing to validate', `write ${FILE_NAMES[0] ?? ''}, or name a file of stages`);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Problem(`the file of stages cannot be read: ${messageOf(error)}`);
  }
}

async function stagesOf(cwd: string): Promise<readonly ValidationStage[]> {
  try {
    return await detectStages(cwd);
  } catch (error) {
    throw new Problem(`the directory of the project cannot be read: ${messageOf(error)}`);
  }
}

/** The stages of these names. What others they name in `after` is taken for passed. */
function chosen(stages: readonly ValidationStage[], names: readonly string[]): readonly ValidationStage[] {
  if (names.length === 0) return stages;
  const known = stages.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearestName(name, known);
    const remedy = meant === undefined ? `there are: ${known.join(', ')}` : `did you mean '${meant}'?`;
    throw new Problem(`there is no stage '${name}'`, remedy);
  }
  return stages
    .filter(({ name }) => names.includes(name))
    .map((stage) =>
      stage.after === undefined ? stage : { ...stage, after: stage.after.filter((name) => names.includes(name)) },
    );
}

async function report(request: ValidateRequest, output: ValidationOutput, sinks: Sinks): Promise<void> {
  if (request.sarif !== undefined) await write(request.sarif, renderSarif(output));
  if (request.junit !== undefined) await write(request.junit, renderJUnit(output));
  if (request.github) sinks.out(renderAnnotations(output));
  if (request.json) sinks.out(`${JSON.stringify({ version: DOCUMENT_VERSION, ...output }, null, 2)}\n`);
  else if (!request.github) sinks.out(renderValidation(output, sinks.outScreen));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new Problem(`the report cannot be written: ${messageOf(error)}`, undefined, EXIT.failed);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
