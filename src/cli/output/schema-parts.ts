/** Building blocks of the report's JSON Schema (2020-12). */

export type Schema = { readonly [key: string]: unknown };

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'number' };
export const integer: Schema = { type: 'integer' };
export const truth: Schema = { type: 'boolean' };
export const hex: Schema = { type: 'string', pattern: '^([0-9a-f]{2})*$' };
export const packet: Schema = { type: 'integer', minimum: 1 };
export const natural: Schema = { type: 'integer', minimum: 0 };
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** Every listed property is required; more may be added by later versions of the tool. */
export function object(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  return { type: 'object', required: Object.keys(properties).filter((key) => !optional.includes(key)), properties };
}

/** Null where the roles are not known; then `endpoint` is an index into `endpoints`. */
export const sender = orNull(oneOf('client', 'server'));
export const endpoint = object({ address: text, port: { type: 'integer', minimum: 0, maximum: 65535 } });
