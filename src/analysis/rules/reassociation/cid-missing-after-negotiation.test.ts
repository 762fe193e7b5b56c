import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import { change, recordsOf, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'cid-missing-after-negotiation';
const CID = 25;
const CONNECTION_ID_DRAFT = 53;

/** Takes the connection ID of so many bytes out of protected records, as a stack would that forgot it. */
function without(d: EditedDatagram, length: number): EditedDatagram {
  const payload = d.payload[0] === CID ? bare12(d.payload, length) : bare13(d.payload, length);
  return { ...d, payload };
}

const bare12 = (record: Uint8Array, length: number): Uint8Array =>
  concat(Uint8Array.of(23), record.subarray(1, 11), record.subarray(11 + length));

const bare13 = (record: Uint8Array, length: number): Uint8Array =>
  (record[0] ?? 0) >> 4 === 0b0011
    ? concat(Uint8Array.of((record[0] ?? 0) & ~0x10), record.subarray(1 + length))
    : record;

test('DTLS 1.2: the client writes without the ID that the server asked for', async () => {
  const { finding } = await diagnose('mbedtls-cid-4-8.pcap', {
    edit: (d) => d.map((one, i) => (i === 6 || i === 8 ? without(one, 8) : one)),
    withoutKeys: true,
  });
  expect(finding(ID)?.title).toBe('The client sends 2 records without the connection ID that was agreed on');
  // The server of the original goes on, as if it took them.
  expect(finding(ID)).toMatchObject({ severity: 'security', certainty: 'seen' });
});

test('and the server says nothing more', async () => {
  const { finding } = await diagnose('mbedtls-cid-4-8.pcap', {
    edit: (d) => d.flatMap((one, i) => (i < 6 ? one : i === 6 || i === 8 ? without(one, 8) : [])),
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'failure', certainty: 'seen' });
});

test('DTLS 1.3: the C bit is clear', async () => {
  const { finding } = await diagnose('wolfssl13-cid-4-8.pcap', {
    edit: (d) => d.map((one, i) => (i === 9 ? without(one, 8) : one)),
    withoutKeys: true,
  });
  expect(finding(ID)?.title).toContain('The client sends 1 record');
});

test('the client knows only the number of the drafts: a note', async () => {
  const { finding } = await diagnose('californium-deprecated-cid-53.pcap', {
    edit: (d) => change(d, SERVER_HELLO, withExtension(CONNECTION_ID_DRAFT, null)),
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'note' });
});

test.each([
  'mbedtls-cid-4-8.pcap',
  'mbedtls-cid-zero-both.pcap',
  'mbedtls-cid-client-only.pcap',
  'mbedtls-cid-renego-change.pcap',
  'californium-deprecated-cid-53.pcap',
  'californium-psk-cid-server-only.pcap',
  'pion12-cid-padding.pcap',
  'wolfssl13-cid-zero-server.pcap',
  'wolfssl13-cid-client-only-offer.pcap',
  'wolfssl13-cid-keyupdate-chacha.pcap',
])('near miss: %s keeps to what was agreed on', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain(ID);
  }
});

test('near miss: a plaintext record needs no ID', async () => {
  const { rules } = await diagnose('mbedtls-cid-4-8.pcap', {
    edit: (d) => d.filter((one) => recordsOf(one.payload).every((r) => r[0] !== CID)),
    withoutKeys: true,
  });
  expect(rules).not.toContain(ID);
});
