/** What the tests of this room ask of a payload. */
import { type Field, FieldTree } from '../wire/fields.ts';
import { ByteReader } from '../wire/reader.ts';
import { fromHex } from '../wire/text.ts';
import { decodeApplication, recognise } from './application.ts';
import type { Hint } from './protocol.ts';

export function bytes(hex: string): Uint8Array {
  const found = fromHex(hex.replaceAll(' ', ''));
  if (!found) throw new Error(`not hex: ${hex}`);
  return found;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** "CoAP: CON GET /time"; null where nothing was recognised. */
export function said(payload: string | Uint8Array, hint?: Hint): string | null {
  const found = recognise(typeof payload === 'string' ? bytes(payload) : payload, hint);
  return found && `${found.protocol}: ${found.summary}`;
}

export function fieldsOf(protocol: string, payload: Uint8Array): { fields: readonly Field[]; reader: ByteReader } {
  const tree = new FieldTree();
  const reader = new ByteReader('plaintext', payload, tree);
  decodeApplication(protocol, reader);
  return { fields: tree.fields, reader };
}

/** The fields without children, in order. */
export function leaves(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => (field.value === null ? leaves(field.children) : [field]));
}

/** "name: meaning", or the value where there is no meaning. */
export function told(fields: readonly Field[]): string[] {
  return leaves(fields).map(({ name, value, meaning }) => `${name}: ${meaning ?? value}`);
}
