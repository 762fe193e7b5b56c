import { expect, test } from 'vitest';
import { addKeys, openSession } from '../../../test/open-session.ts';
import type { Field } from '../../wire/fields.ts';
import { FieldValues } from './field-values.ts';

/** The same of the tree that the page shows. */
function valuesOf(fields: readonly Field[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of new Set(fields.map((f) => f.name))) {
    const found = fields
      .filter((f) => f.name === name)
      .map((f) => (f.children.length > 0 ? valuesOf(f.children) : f.value));
    values[name] = found.length > 1 ? found : found[0];
  }
  return values;
}

/** Plain; with connection IDs; of DTLS 1.3; with parts of several messages in a record. */
const CAPTURES = [
  'openssl-bigchain-mtu512',
  'openssl-ecdhe-ecdsa-aes128-gcm',
  'openssl-assoc-nat-rebind-client',
  'A1_frag_tail_first',
];

test.each(CAPTURES)('%s: what goes straight into JSON is what the page shows of each record', async (name) => {
  const session = await openSession(`${name}.pcap`);
  addKeys(session, `${name}.keys`);
  let records = 0;
  for (const { id } of session.trace().associations) {
    for (const { facts, fields, problems } of session.decodedRecords(id, () => new FieldValues())) {
      const detail = session.record(facts.record);
      expect(fields.values).toEqual(valuesOf(detail?.fields ?? []));
      expect(problems).toEqual(detail?.problems.map((p) => p.message));
      expect(detail?.record).toMatchObject(facts);
      records++;
    }
  }
  expect(records).toBe(session.trace().captures[0]?.dtlsRecords);
});

const AT = { buffer: 'packet', from: 0, to: 0 } as const;

test('a name that comes twice is an array, a group without fields is null', () => {
  const fields = new FieldValues();
  for (const length of [1, 2, 3]) fields.field('length', AT, length);
  fields.open('record');
  fields.field('bytes', AT, Uint8Array.of(0xab, 1));
  fields.open('empty');
  fields.close();
  fields.close();
  expect(fields.values).toEqual({ length: [1, 2, 3], record: { bytes: 'ab01', empty: null } });
});

test('the connection ID is the first that stands in the record, or in what it carries', () => {
  const fields = new FieldValues();
  fields.field('cid', AT, Uint8Array.of(1));
  fields.open('record');
  fields.open('extension');
  fields.field('cid', AT, Uint8Array.of(2));
  fields.close();
  expect(fields.connectionId).toBeUndefined();
  fields.field('connection_id', AT, Uint8Array.of(3));
  fields.field('cid', AT, Uint8Array.of(4));
  fields.close();
  expect(fields.connectionId).toBe('03');
});
