/**
 * What a configuration may say: every key with its range, its meaning and its default. The one place; the JSON Schema, the
 * spellings that are read, the errors and the effective values follow from it.
 *
 * Every key is optional here: what a file leaves out is filled in by `effective.ts`, which knows of presets.
 */
import * as z from 'zod';
import { GATE_LIMITS, RUN_LIMITS } from '../policy/limits.js';

const MS_PER_SECOND = 1_000;
const KIB = 1_024;
const MIB = 1_024 * KIB;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** `scale`: how many units of the limit are one unit of the key. */
function scaled({ min, max }: Bounds, scale: number): Bounds {
  return { min: Math.ceil(min / scale), max: Math.floor(max / scale) };
}

function wholeNumber({ min, max }: Bounds): z.ZodInt {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int(error).min(min, error).max(max, error);
}

function seconds(min: number, max: number): z.ZodNumber {
  const error = `must be a number of seconds from ${min} to ${max}`;
  return z.number(error).min(min, error).max(max, error);
}

function choice<const T extends readonly [string, ...string[]]>(choices: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(choices, `must be one of ${choices.join(', ')}`);
}

const flag = (): z.ZodBoolean => z.boolean('must be true or false');
const text = (): z.ZodString => z.string('must be a text').min(1, 'must not be empty');
const texts = (what: string): z.ZodArray<z.ZodString> => z.array(text(), `must be a list of ${what}`);
const variable = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  'must be a text, a number, true, false or null',
);

const daySeconds = RUN_LIMITS.timeoutMs.max / MS_PER_SECOND;
const graceMaxSeconds = RUN_LIMITS.graceMs.max / MS_PER_SECOND;
const { resources } = RUN_LIMITS;

const environment = z
  .strictObject({
    mode: choice(['inherit', 'merge', 'replace', 'minimal'])
      .meta({ description: "How the environment of a command is made of the host's and of vars.", default: 'inherit' })
      .optional(),
    excludePatterns: texts('name patterns')
      .meta({
        description:
          'Globs of names that commands do not get from the host. By default, where there is a section environment, those of usual names of secrets.',
        default: [],
      })
      .optional(),
    include: texts('name patterns')
      .meta({ description: 'Globs of names that pass although excludePatterns has them, or mode is minimal.' })
      .optional(),
    vars: z
      .record(z.string(), variable, 'must be a map of variables')
      .meta({ description: 'Variables to set; null removes one. Variables may stand directly in environment as well.' })
      .optional(),
  })
  .meta({ description: 'The environment of commands: a policy, or simply a map of variables.' });

const audit = z
  .strictObject(
    {
      enabled: flag().meta({ description: 'Whether runs are recorded.', default: true }).optional(),
      file: text()
        .meta({ description: 'The database, against the directory of this file.', default: '.custody/audit.db' })
        .optional(),
      retentionDays: wholeNumber({ min: 1, max: 36_500 })
        .meta({ description: 'Days after which records may be pruned.', default: 30 })
        .optional(),
      includeOutput: flag()
        .meta({ description: 'Whether records hold the end of the output.', default: true })
        .optional(),
      maxOutputBytes: wholeNumber({ min: 0, max: MIB })
        .meta({ description: 'Bytes of each stream that a record holds.', default: 10_240 })
        .optional(),
      fullOutput: flag()
        .meta({
          description: 'Whether the whole captured output is kept in files beside the database.',
          default: false,
        })
        .optional(),
      onFailure: choice(['degrade', 'fail-closed'])
        .meta({ description: 'When records cannot be written: go on without, or refuse to run.', default: 'degrade' })
        .optional(),
    },
    'must be a map',
  )
  .meta({ description: 'The record of what was run.' });

const redaction = z
  .strictObject(
    {
      enabled: flag()
        .meta({
          description: 'Whether what looks like a secret is redacted in all that is shown of a run.',
          default: true,
        })
        .optional(),
      patterns: texts('patterns in RE2 syntax')
        .meta({ description: 'What is redacted as well: patterns in RE2 syntax.', default: [] })
        .optional(),
    },
    'must be a map',
  )
  .meta({ description: 'Secrets in output, records and messages.' });

const limits = z
  .strictObject(
    {
      memoryMb: wholeNumber(scaled(resources.memoryBytes, MIB))
        .meta({ description: 'Memory of all processes of a command together, in MiB.' })
        .optional(),
      cpuTimeSeconds: seconds(resources.cpuTimeMs.min / MS_PER_SECOND, resources.cpuTimeMs.max / MS_PER_SECOND)
        .meta({ description: 'CPU time of all processes of a command together, in seconds.' })
        .optional(),
      maxProcesses: wholeNumber(resources.maxProcesses)
        .meta({ description: 'Processes of a command that may be alive at the same time.' })
        .optional(),
      maxOpenFiles: wholeNumber(resources.maxOpenFiles)
        .meta({ description: 'Descriptors that each process may have open.' })
        .optional(),
      maxFileSizeMb: wholeNumber(scaled(resources.maxFileSizeBytes, MIB))
        .meta({ description: 'Size of each file that is written, in MiB.' })
        .optional(),
      strict: flag()
        .meta({ description: 'Whether a command is refused where a limit cannot be enforced.', default: false })
        .optional(),
    },
    'must be a map',
  )
  .meta({ description: 'What the processes of one command may use.' });

const command = z.union([text(), texts('words').min(1)], 'must be a line or a list of words');

/** As the room of validation has it, which checks what is said between stages: names, cycles, formats. */
const stage = z.strictObject(
  {
    name: text().meta({ description: 'Unique among the stages.' }),
    command: command.meta({ description: 'A line, which is split into words without a shell, or its words.' }),
    fixable: flag().meta({ description: 'Whether a failure may be repaired, once.', default: false }).optional(),
    fixCommand: command.meta({ description: 'What repairs; by default the command itself.' }).optional(),
    after: texts('names of stages')
      .meta({ description: 'Stages that must have passed. By default all before it have ended.' })
      .optional(),
    cwd: text().meta({ description: 'Working directory, against that of the validation.' }).optional(),
    env: z
      .record(z.string(), z.union([z.string(), z.null()], 'must be a text, or null'), 'must be a map of variables')
      .meta({ description: 'Variables to set; null removes one.' })
      .optional(),
    shell: flag().meta({ description: 'Whether commands are lines of the default shell.', default: false }).optional(),
    timeoutMs: wholeNumber(RUN_LIMITS.timeoutMs)
      .meta({ description: 'Milliseconds that each of its commands may take.' })
      .optional(),
    format: z
      .union([text(), texts('formats').min(1)], 'must be a format or a list of formats')
      .meta({ description: 'How its output is read: auto, none, or formats of custody/parsers.', default: 'auto' })
      .optional(),
  },
  'must be a map',
);

const validation = z
  .strictObject(
    {
      stages: z
        .array(stage, 'must be a list of stages')
        .meta({ description: 'The checks of the project, in their order.' })
        .optional(),
      continueOnFailure: flag()
        .meta({ description: 'Whether the stages after one that failed are run.', default: false })
        .optional(),
      fix: flag().meta({ description: 'Whether stages repair what they can.', default: true }).optional(),
    },
    'must be a map',
  )
  .meta({ description: 'What custody validate runs where there is no custody.validate.yml.' });

/** Every key, by its camelCase name. */
export const configSchema = z.strictObject(
  {
    preset: choice(['default', 'agent', 'compat'])
      .meta({ description: 'What to start from; the keys below win over it.', default: 'default' })
      .optional(),
    native: choice(['auto', 'require', 'off'])
      .meta({ description: 'The native backend: where it can be had, always, or never.', default: 'auto' })
      .optional(),
    root: text()
      .meta({ description: 'Directory that working directories must be in, against the directory of this file.' })
      .optional(),
    defaultTimeoutSeconds: seconds(1, 3_600)
      .meta({ description: 'Time a command may take unless it says another.', default: 300 })
      .optional(),
    idleTimeoutSeconds: seconds(1, daySeconds)
      .meta({ description: 'Time without output after which a command is stopped.' })
      .optional(),
    queueTimeoutSeconds: seconds(0, daySeconds)
      .meta({ description: 'Time a command may wait for its turn. By default as long as it may run.' })
      .optional(),
    graceSeconds: seconds(0, graceMaxSeconds)
      .meta({
        description: 'Time between the polite stop and the kill.',
        default: RUN_LIMITS.graceMs.standard / MS_PER_SECOND,
      })
      .optional(),
    maxOutputKb: wholeNumber(scaled(RUN_LIMITS.maxOutputBytes, KIB))
      .meta({ description: 'KiB kept of each stream.', default: RUN_LIMITS.maxOutputBytes.standard / KIB })
      .optional(),
    overflow: choice(['head-tail', 'head', 'tail'])
      .meta({ description: 'Which part of more output than that is kept.', default: 'head-tail' })
      .optional(),
    onOverflow: choice(['truncate', 'kill'])
      .meta({ description: 'Whether a command that writes more goes on or is killed.', default: 'truncate' })
      .optional(),
    streamChunkBytes: wholeNumber(RUN_LIMITS.chunkBytes)
      .meta({ description: 'Bytes given to a listener at once.', default: RUN_LIMITS.chunkBytes.standard })
      .optional(),
    useShell: flag().meta({ description: 'Whether commands are lines of a shell.', default: false }).optional(),
    shell: text()
      .meta({ description: 'The shell to use where one is asked for: sh, bash, cmd, powershell, or a path.' })
      .optional(),
    maxConcurrent: wholeNumber(GATE_LIMITS.maxConcurrent)
      .meta({ description: 'Commands that run at a time.', default: 4 })
      .optional(),
    maxQueued: wholeNumber(GATE_LIMITS.maxQueued)
      .meta({ description: 'Commands that may wait for their turn.' })
      .optional(),
    containment: choice(['tree', 'strict', 'group', 'none'])
      .meta({ description: 'How processes are held. By default the strongest way available.' })
      .optional(),
    stragglers: choice(['kill', 'report', 'leave'])
      .meta({ description: 'What happens to processes that a finished command leaves behind.', default: 'kill' })
      .optional(),
    environment: environment.optional(),
    limits: limits.optional(),
    redaction: redaction.optional(),
    audit: audit.optional(),
    validation: validation.optional(),
  },
  'must be a map of keys',
);

/** What a file says, or what holds in the end. Values are in the units of their names. */
export type ConfigValues = z.infer<typeof configSchema>;

/** Other names of keys, from earlier tools, with what their values are multiplied by. */
export const ALIASES: Readonly<Record<string, { readonly key: string; readonly factor: number }>> = {
  outputBufferMb: { key: 'maxOutputKb', factor: 1_024 },
  gracefulKillTimeout: { key: 'graceSeconds', factor: 1 },
  gracefulKillTimeoutSeconds: { key: 'graceSeconds', factor: 1 },
};

/** `maxOutputKb` as `max_output_kb`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The object schema of the members of a list, `undefined` where it holds plain values or the key no list. */
export function memberOf(schema: z.ZodType): z.ZodObject | undefined {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodArray && inner.element instanceof z.ZodObject ? inner.element : undefined;
}

/** The object schema of a section, `undefined` where the key holds a plain value. Keys of `vars` are names, not keys. */
export function sectionOf(schema: z.ZodType): z.ZodObject | undefined {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? inner : undefined;
}
