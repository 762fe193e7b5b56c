import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail, RecordDetail } from '../analysis/trace.ts';
import { crumbsOf } from './crumbs.ts';
import { clauseOf } from './field-clauses.ts';
import { fieldsTo, pathOfName } from './field-tree.ts';
import { type ShownField, shownFields } from './shown-fields.ts';
import { wirePieces } from './wire-pieces.ts';

const LOST_FLIGHT = 'openssl-loss-final-flight-x3';
const LOST_FRAGMENT = 'wolfssl13-lost-middle-fragment-mtu300-moreacks';

/** The first association of a capture, and any record of it as the inspector shows it. */
async function inspecting(name: string) {
  const session = await openSession(`${name}.client.pcap`);
  addKeys(session, `${name}.keys`);
  const [association] = detailsOf(session);
  if (!association) throw new Error('no association');
  return (packet: number) => {
    const number = association.records.find((r) => r.packet === packet)?.record ?? 0;
    const detail = session.record(number);
    if (!detail) throw new Error(`no record in packet ${packet}`);
    return { association, detail, fields: shownFields(detail, association) };
  };
}

function named(fields: readonly ShownField[], name: string): ShownField | undefined {
  const path = pathOfName(fields, [name]);
  return path === null ? undefined : fieldsTo(fields, path).at(-1);
}

test('a record of DTLS 1.2: its place, the nonce apart, what was opened and checked', async () => {
  const at = await inspecting(LOST_FLIGHT);
  const { fields } = at(15);
  expect(named(fields, 'record')).toMatchObject({ label: 'Record 1, epoch 1', remark: '61 bytes' });
  expect(named(fields, 'sequence_number')).toMatchObject({ text: '2', remark: 'epoch 0 record 10 is missing' });
  expect(named(fields, 'nonce_explicit')?.text).toMatch(/^3c 7d 42 1f/);
  expect(named(fields, 'authentication_tag')?.text.split(' ')).toHaveLength(16);
  expect(named(fields, 'handshake')).toMatchObject({ text: 'Finished', remark: 'decrypted, tag verified' });
  expect(named(fields, 'verify_data')?.remark).toBe('valid, recomputed');
});

test('numbers that are missing are told at the record that came after them', async () => {
  const at = await inspecting(LOST_FLIGHT);
  expect(named(at(9).fields, 'sequence_number')?.remark).toBe('records 5, 6 missing before it');
  expect(named(at(1).fields, 'sequence_number')?.remark).toBe('');
});

test('a record of DTLS 1.3: bits of the header, the true number beside the masked one, entries of an ACK', async () => {
  const at = await inspecting(LOST_FRAGMENT);
  const { fields } = at(8);
  expect(named(fields, 'record')?.text).toBe('2e d5 03 00 63');
  expect(named(fields, 'unified_header')).toMatchObject({ text: '001 0 1 1 10', remark: 'no CID, epoch bits 2' });
  expect(named(fields, 'sequence_number')).toMatchObject({ text: '0', remark: 'on the wire d503, unmasked' });
  const entries = named(fields, 'record_numbers')?.children ?? [];
  expect(entries.map(({ label, text, remark }) => `${label} ${text} ${remark}`)).toEqual([
    'record_numbers[0] 0:0 ServerHello',
    'record_numbers[1] 2:0 EncryptedExtensions',
    'record_numbers[2] 2:1 Certificate [0, 266)',
    'record_numbers[3] 2:2 Certificate [266, 532)',
    'record_numbers[4] 2:4 Certificate [798, 1064)',
  ]);
});

test('without keys a masked number is called masked', async () => {
  const session = await openSession(`${LOST_FRAGMENT}.client.pcap`);
  const [association] = detailsOf(session);
  const closed = association?.records.find((r) => r.sequenceNumber === null);
  const detail = session.record(closed?.record ?? 0) as RecordDetail;
  expect(named(shownFields(detail, association as AssociationDetail), 'sequence_number')?.remark).toBe('still masked');
});

test('a fragment says which part it is, a certificate whose it is, and a message where it travelled', async () => {
  const at = await inspecting(LOST_FRAGMENT);
  const { fields, detail } = at(4);
  expect(named(fields, 'fragment_length')?.remark).toBe('[0, 266) of 1214');
  expect(named(fields, 'cert_data')?.remark).toMatch(/^CN=.*, until \d{4}-/);
  const message = fields.at(-1);
  if (!message) throw new Error('no message');
  const pieces = wirePieces(detail, message.at);
  expect(pieces.map(({ range }) => range)).toEqual(expect.arrayContaining(['[0, 266)', '[532, 798)', '[798, 1064)']));
  expect(pieces.filter(({ here }) => here)).toHaveLength(1);
  // The first fields of the message lie in this record alone.
  expect(wirePieces(detail, { ...message.at, to: message.at.from + 4 })).toEqual([]);
});

test('the way to a field leads over file, packet, UDP and record, and each step can be gone to', async () => {
  const at = await inspecting(LOST_FLIGHT);
  const { fields, detail } = at(15);
  const trail = (name: string) => crumbsOf(detail, fields, 'a.pcap', pathOfName(fields, [name])).map((c) => c.name);
  expect(trail('sequence_number')).toEqual(['a.pcap', 'packet 15', 'UDP', 'record 1', 'sequence_number']);
  expect(trail('verify_data')).toEqual(['a.pcap', 'packet 15', 'UDP', 'record 1', 'Finished', 'verify_data']);
  expect(trail('UDP')).toEqual(['a.pcap', 'packet 15', 'UDP']);
  // Of a deep path the middle is left out, and said in words.
  const hello = at(1);
  const deep = crumbsOf(hello.detail, hello.fields, 'a.pcap', pathOfName(hello.fields, ['NamedGroup']));
  expect(deep.slice(4).map((c) => c.hides ?? c.name)).toEqual([
    'ClientHello › extensions › supported_groups',
    'named_group_list',
    'NamedGroup',
  ]);
  const last = crumbsOf(detail, fields, 'a.pcap', pathOfName(fields, ['epoch'])).at(-1);
  expect(last?.to).toEqual({ path: pathOfName(fields, ['epoch']) });
});

test('every field of a handshake has a clause, by version, or belongs to one that has', async () => {
  for (const [name, version, citation] of [
    [LOST_FLIGHT, 'DTLS 1.2', 'RFC 6347 §4.1.2'],
    [LOST_FRAGMENT, 'DTLS 1.3', 'RFC 9147 §4.2.3'],
  ] as const) {
    const at = await inspecting(name);
    const { fields, association } = at(2);
    expect(association.association.version).toBe(version);
    const record = fields.find((f) => f.name === 'record');
    const number = record?.children.find((f) => f.name === 'sequence_number');
    if (!record || !number) throw new Error('no record header');
    expect(clauseOf([record, number], version)?.citation).toBe(citation);
    const without: string[] = [];
    const visit = (field: ShownField, chain: readonly ShownField[]): void => {
      if (!clauseOf([...chain, field], version)) without.push(field.name);
      for (const child of field.children) visit(child, [...chain, field]);
    };
    for (const field of fields) visit(field, []);
    expect(without).toEqual([]);
  }
});
