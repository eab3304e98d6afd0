/** What a docker runner is made with, and the check of it. */
import { CommandValidationError } from '../core/errors.js';
import { nearestName } from '../core/nearest-name.js';
import { isOneOf, isText, Issues } from '../core/validate.js';

/** A folder or file of the host that a container sees. */
export interface ContainerMount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  /** @defaultValue `false` */
  readonly readOnly?: boolean | undefined;
}

/** Options of {@link dockerRunner}. */
export interface DockerOptions {
  /** The image, such as `alpine:3.20`. */
  readonly image: string;
  /** The client: `docker`, `podman`, or the path of one. @defaultValue `'docker'` */
  readonly engine?: string | undefined;
  /** When the image is fetched. @defaultValue `'missing'` */
  readonly pull?: 'always' | 'missing' | 'never' | undefined;
  readonly mounts?: readonly ContainerMount[] | undefined;
  /** As `--user`: a name or number, with a group behind a colon. @defaultValue that of the image */
  readonly user?: string | undefined;
  /** The working directory where a command names none. @defaultValue that of the image */
  readonly cwd?: string | undefined;
  /** `none`, or the name of a network. A call with `network: 'none'` has none whatever stands here. @defaultValue that of the engine */
  readonly network?: string | undefined;
  /** Processors, such as 1.5. @defaultValue all */
  readonly cpus?: number | undefined;
  /** `true`: the root file system of the container cannot be written. @defaultValue `false` */
  readonly readOnly?: boolean | undefined;
  /** `true`: a small init is process 1 and reaps what is left. @defaultValue `false` */
  readonly init?: boolean | undefined;
  /** Labels on top of `custody.run`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Variables for the client itself, such as `DOCKER_HOST`. */
  readonly clientEnv?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds that removing a container and asking for it may take, each. @defaultValue `10_000` */
  readonly removalMs?: number | undefined;
}

const NAMES: readonly (keyof DockerOptions)[] = [
  ...(['image', 'engine', 'pull', 'mounts', 'user', 'cwd', 'network', 'cpus', 'readOnly', 'init'] as const),
  ...(['labels', 'clientEnv', 'removalMs'] as const),
];

/** @throws {@link CommandValidationError} naming every property that is wrong. */
export function checkDockerOptions(options: unknown): asserts options is DockerOptions {
  if (typeof options !== 'object' || options === null)
    throw new CommandValidationError([{ property: 'options', message: 'must be an object with an image' }]);
  const issues = new Issues('');
  const given = options as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if ((NAMES as readonly string[]).includes(key)) continue;
    const nearest = nearestName(key, NAMES);
    issues.add(key, `is not an option of a docker runner${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
  }
  // A word that begins with a dash would be an option of the client.
  if (isText(given['image'], 'image', issues) && given['image'].startsWith('-'))
    issues.add('image', 'must not begin with -');
  for (const name of ['engine', 'user', 'cwd', 'network']) {
    if (given[name] !== undefined) isText(given[name], name, issues);
  }
  for (const name of ['readOnly', 'init']) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean') issues.add(name, 'must be true or false');
  }
  for (const name of ['cpus', 'removalMs']) {
    const value = given[name];
    if (value !== undefined && !(typeof value === 'number' && value > 0 && value < Infinity))
      issues.add(name, 'must be a number above 0');
  }
  if (given['pull'] !== undefined) isOneOf(given['pull'], ['always', 'missing', 'never'], 'pull', issues);
  checkMounts(given['mounts'], issues);
  for (const name of ['labels', 'clientEnv']) checkTexts(given[name], name, issues);
  issues.throwIfAny();
}

function checkMounts(mounts: unknown, issues: Issues): void {
  if (mounts === undefined) return;
  if (!Array.isArray(mounts)) {
    issues.add('mounts', 'must be an array of { source, target, readOnly }');
    return;
  }
  for (const [index, mount] of (mounts as readonly Partial<Record<keyof ContainerMount, unknown>>[]).entries()) {
    for (const name of ['source', 'target'] as const) {
      const property = `mounts[${index}].${name}`;
      const path = mount[name];
      // The client reads a mount as comma-separated values.
      if (isText(path, property, issues) && /[,"\r\n]/.test(path))
        issues.add(property, 'must not have a comma, a quote or a line break');
      else if (typeof path === 'string' && !/^([\\/]|[A-Za-z]:[\\/])/.test(path))
        issues.add(property, 'must be an absolute path');
    }
  }
}

function checkTexts(value: unknown, name: string, issues: Issues): void {
  if (value === undefined) return;
  const fits =
    typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
  if (!fits) issues.add(name, 'must be an object with strings');
}
