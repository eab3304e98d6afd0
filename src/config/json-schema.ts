/**
 * The schema of a configuration file for editors: JSON Schema (draft-07) made of the one schema, with both spellings of keys.
 */
import * as z from 'zod';
import { ALIASES, configSchema, snakeCase } from './schema.js';

type JsonSchema = Record<string, unknown>;

/** The JSON Schema that is published as `custody/schema.json`. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = withSpellings(z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' }));
  const properties = schema['properties'] as JsonSchema;
  return {
    ...schema,
    title: 'Configuration of custody',
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      ...properties,
      execution: {
        type: 'object',
        description: 'All keys may stand in this section instead.',
        properties,
        additionalProperties: false,
      },
    },
  };
}

/** Every key of every section and of every member of a list in snake_case too, and the names of earlier tools. */
function withSpellings(schema: JsonSchema): JsonSchema {
  const items = schema['items'] as JsonSchema | undefined;
  if (items !== undefined) return { ...schema, items: withSpellings(items) };
  const properties = schema['properties'] as Record<string, JsonSchema> | undefined;
  if (properties === undefined) return schema;
  const spelled: Record<string, JsonSchema> = {};
  for (const [key, property] of Object.entries(properties)) {
    const inner = withSpellings(property);
    for (const name of [key, snakeCase(key)]) spelled[name] = inner;
  }
  for (const [name, { key, factor }] of Object.entries(ALIASES)) {
    const property = properties[key];
    if (property === undefined) continue;
    const { minimum, maximum } = property as { readonly minimum: number; readonly maximum: number };
    const bounds = { minimum: Math.ceil(minimum / factor), maximum: Math.floor(maximum / factor) };
    const description = `Another name of ${key}${factor === 1 ? '' : `, in units of ${factor}`}.`;
    for (const spelling of [name, snakeCase(name)]) spelled[spelling] = { type: 'number', ...bounds, description };
  }
  // Variables may stand beside the keys of the environment.
  const vars = properties['vars'];
  return {
    ...schema,
    properties: spelled,
    ...(vars === undefined ? {} : { additionalProperties: vars['additionalProperties'] }),
  };
}
