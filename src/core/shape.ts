/**
 * What a value out of JSON has to look like. A shape notes what is wrong, and where; what it does not ask for may be anything,
 * so that newer writers may say more.
 */

/** Collects what is wrong with one document, as sentences that begin with the place. */
export type Problems = string[];

/** Notes what keeps `value` from having this shape. `at`: its place, such as `result.stdout`. */
export type Shape = (value: unknown, at: string, problems: Problems) => void;

/** Sentences noted of one document; a hostile one must not become a message of its own size. */
const MAX_PROBLEMS = 50;

function shapeOf(what: string, fits: (value: unknown) => boolean): Shape {
  return (value, at, problems) => {
    if (!fits(value)) note(problems, `${at} must be ${what}`);
  };
}

export function note(problems: Problems, problem: string): void {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
}

export const text = shapeOf('a text', (value) => typeof value === 'string');
export const flag = shapeOf('true or false', (value) => typeof value === 'boolean');
export const number = shapeOf('a number', (value) => typeof value === 'number');

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function oneOf(...choices: readonly string[]): Shape {
  const what = choices.map((choice) => `'${choice}'`).join(' or ');
  return shapeOf(what, (value) => choices.includes(value as string));
}

export function nullable(shape: Shape): Shape {
  return (value, at, problems) => {
    if (value !== null) shape(value, at, problems);
  };
}

export function optional(shape: Shape): Shape {
  return (value, at, problems) => {
    if (value !== undefined) shape(value, at, problems);
  };
}

export function list(shape: Shape): Shape {
  return (value, at, problems) => {
    if (!Array.isArray(value)) note(problems, `${at} must be a list`);
    else for (const [index, entry] of value.entries()) shape(entry, `${at}[${index}]`, problems);
  };
}

/** An object with these properties. */
export function record(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes);
  return (value, at, problems) => {
    if (!isObject(value)) {
      note(problems, `${at} must be an object`);
      return;
    }
    for (const [name, shape] of entries) shape(value[name], at === '' ? name : `${at}.${name}`, problems);
  };
}

/** An object that has one of several shapes, told apart by the text in its property `tag`. */
export function taggedRecord(tag: string, shapes: Readonly<Record<string, Shape>>): Shape {
  const tags = oneOf(...Object.keys(shapes));
  return (value, at, problems) => {
    const name: unknown = isObject(value) ? value[tag] : undefined;
    const shape = typeof name === 'string' && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) tags(name, `${at}.${tag}`, problems);
    else shape(value, at, problems);
  };
}
