/** From a checked command to the arguments of `docker run`. Pure. */
import { CommandValidationError } from '../core/errors.js';
import type { Invocation } from '../core/invocation.js';
import type { ResourceLimits } from '../core/resource-limits.js';
import { quoteWords } from '../targets/posix-words.js';
import type { DockerOptions } from './docker-options.js';

/** The variables of a command: those that a file can hold as lines, and those that go through the client's own environment. */
export interface ContainerVariables {
  readonly lines: readonly string[];
  readonly byName: Readonly<Record<string, string>>;
}

/** A file of variables has one in each line, so a value with a line break is handed to the client, which passes it on by name. */
export function variablesOf({ envLayers, secretLayers }: Readonly<Invocation>): ContainerVariables {
  const values = new Map<string, string>();
  for (const { set, unset } of [...envLayers, ...secretLayers]) {
    for (const name of unset) values.delete(name);
    for (const [name, value] of set) values.set(name, value);
  }
  const all = [...values];
  const isLine = ([name, value]: readonly [string, string]): boolean => !/[\r\n]/.test(value) && !/^#|[\s]/.test(name);
  return {
    lines: all.filter(isLine).map(([name, value]) => `${name}=${value}`),
    byName: Object.fromEntries(all.filter((entry) => !isLine(entry))),
  };
}

/** What stands around the command: the container's name, and the files of its launch. */
export interface ContainerLaunch {
  readonly name: string;
  readonly cidFile: string;
  readonly environmentFile: string;
  readonly variables: ContainerVariables;
}

/** The arguments of the client. */
export function dockerArguments(
  invocation: Readonly<Invocation>,
  options: DockerOptions,
  { name, cidFile, environmentFile, variables }: ContainerLaunch,
): readonly string[] {
  const { image, pull, mounts = [], user, cpus, readOnly, init, labels = {} } = options;
  const cwd = invocation.cwd ?? options.cwd;
  const network = invocation.network === 'none' ? 'none' : options.network;
  const [entrypoint = '', ...args] = wordsOf(invocation);
  const { input, inputSource, stdin } = invocation;
  const reads = input !== undefined || inputSource !== undefined || (stdin !== undefined && stdin !== 'ignore');
  return [
    ...['run', '--rm', '--name', name, '--cidfile', cidFile, '--label', `custody.run=${name}`],
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...['--env-file', environmentFile],
    ...Object.keys(variables.byName).flatMap((key) => ['--env', key]),
    ...(reads ? ['--interactive'] : []),
    ...given('--pull', pull),
    ...given('--network', network),
    ...given('--user', user),
    ...given('--workdir', cwd),
    ...given('--cpus', cpus),
    ...(readOnly === true ? ['--read-only'] : []),
    ...(init === true ? ['--init'] : []),
    ...mounts.flatMap(({ source, target, readOnly: isFixed }) => [
      '--mount',
      `type=bind,source=${source},target=${target}${isFixed === true ? ',readonly' : ''}`,
    ]),
    ...limitArguments(invocation.limits),
    // As the entry point, so that the command is run and not given to whatever the image begins with.
    ...['--entrypoint', entrypoint, image, ...args],
  ];
}

function given(flag: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [flag, String(value)];
}

/** With a shell, that of the container reads the line. */
function wordsOf({ file, args, shell }: Readonly<Invocation>): readonly string[] {
  if (shell === undefined) return [file, ...args];
  const name = shell === true ? 'sh' : shell;
  if (!/^(\/[\w./-]+\/)?(sh|bash|dash|ash|zsh)$/.test(name))
    throw new CommandValidationError([
      { property: 'shell', message: 'must be sh, bash or another POSIX shell of the image' },
    ]);
  return [name, '-c', args.length === 0 ? file : `${file} ${quoteWords(args)}`];
}

/** Memory and processes hold for the container together, the others for each of its processes, as everywhere. */
function limitArguments({
  memoryBytes,
  maxProcesses,
  cpuTimeMs,
  maxOpenFiles,
  maxFileSizeBytes,
}: ResourceLimits): readonly string[] {
  return [
    // Without swap on top, or the limit would be another one.
    ...(memoryBytes === undefined ? [] : ['--memory', `${memoryBytes}b`, '--memory-swap', `${memoryBytes}b`]),
    ...given('--pids-limit', maxProcesses),
    ...(cpuTimeMs === undefined ? [] : ['--ulimit', `cpu=${Math.max(1, Math.ceil(cpuTimeMs / 1000))}`]),
    ...(maxOpenFiles === undefined ? [] : ['--ulimit', `nofile=${maxOpenFiles}`]),
    ...(maxFileSizeBytes === undefined ? [] : ['--ulimit', `fsize=${maxFileSizeBytes}`]),
  ];
}
