import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import { bytes, plaintextRecord } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const CLEAN = 'wolfssl13-clean-aes128gcm.pcap';

/** The first ClientHello in so many fragments of its own record and datagram. */
function shredded(d: readonly EditedDatagram[], pieces: number): EditedDatagram[] {
  const hello = at(d, 0);
  const header = hello.payload.subarray(13, 25);
  const body = hello.payload.subarray(25);
  const step = Math.ceil(body.length / pieces);
  const fragments = Array.from({ length: pieces }, (_, i) => {
    const piece = body.subarray(i * step, (i + 1) * step);
    const fragment = concat(
      header.subarray(0, 6),
      Uint8Array.of(...bytes(i * step, 3), ...bytes(piece.length, 3)),
      piece,
    );
    return { ...hello, timeMs: i / 100, payload: plaintextRecord(22, i, fragment) };
  });
  return [...fragments, ...d.slice(1)];
}

test('twelve records of a ClientHello in one go', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => shredded(d, 12) });
  expect(finding('too-many-records-flight')).toMatchObject({
    severity: 'note',
    title: 'The client sends flight 1 as 12 records within 0.1 ms',
  });
  expect(finding('too-many-records-flight')?.evidence.map((e) => e.packet)).toEqual([1, 12]);
});

test('near miss: ten records', async () => {
  const { rules } = await diagnose(CLEAN, { edit: (d) => shredded(d, 10) });
  expect(rules).not.toContain('too-many-records-flight');
});

test('near miss: repeats that cannot be told from the flight without keys', async () => {
  const { rules } = await diagnose('wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap', { withoutKeys: true });
  expect(rules).not.toContain('too-many-records-flight');
});
