/** What can be noted at a place of a real capture, and how it is called. */
import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { anchorsAt, bytesIn, findingAnchor, judgementOf, placeOf, recordOf, recordOfAnchor } from './note-places.ts';
import { anchorWords } from './note-words.ts';

async function opened(...files: string[]) {
  const session = await openSession(...files);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error('no association');
  const { captures, points, findings } = session.trace();
  return { detail, names: { detail, captures, points, findings: [...detail.association.findings, ...findings] } };
}

function recordAt(detail: AssociationDetail, place: number) {
  const record = detail.records[place];
  if (!record) throw new Error('no record');
  return record;
}

test('a record can be noted itself, its message, its flight, its time, its bytes, a finding, and the trace', async () => {
  const { detail, names } = await opened('openssl-loss-final-flight-x3.client.pcap');
  const record = recordAt(detail, 0);
  const finding = detail.association.findings[0] ?? null;
  const bytes = { buffer: 'packet', from: 42, to: 55, start: 42 };
  const anchors = anchorsAt({ detail, record, bytes, time: null, finding });
  expect(anchors.map((anchor) => anchorWords(anchor, names))).toEqual([
    'packet 1, ClientHello, 0.000 ms',
    'ClientHello in packet 1, 0.000 ms',
    'flight 1, attempt 1, from packet 1, 0.000 ms',
    'bytes 0–12 of the record, packet 1, 0.000 ms',
    '0.000 to 0.800 ms',
    `finding: ${finding?.title}`,
    'the whole trace',
  ]);
});

test('bytes of a record keep their place when headers below it are gone', async () => {
  const { detail } = await opened('openssl-loss-final-flight-x3.client.pcap');
  const record = recordAt(detail, 0);
  const anchors = anchorsAt({
    detail,
    record,
    bytes: { buffer: 'packet', from: 50, to: 52, start: 42 },
    time: null,
    finding: null,
  });
  const anchor = anchors.find(({ on }) => on === 'bytes');
  if (anchor?.on !== 'bytes') throw new Error('no bytes');
  expect(bytesIn(anchor, 0)).toEqual({ buffer: 'packet', from: 8, to: 10 });
});

test('every record is found by its place, and a stretch of time by its first record', async () => {
  const { detail } = await opened('openssl-loss-final-flight-x3.client.pcap');
  for (const record of detail.records) expect(recordOf(detail, placeOf(record))).toBe(record);
  expect(recordOf(detail, { capture: 7, packet: 1, record: 1 })).toBeNull();
  const last = recordAt(detail, detail.records.length - 1);
  const time = { on: 'time', at: placeOf(recordAt(detail, 0)), fromMs: last.timeMs, toMs: last.timeMs } as const;
  expect(recordOfAnchor(detail, time)?.timeMs).toBe(last.timeMs);
});

test('with two files the words say which one; times are those that the diagram shows', async () => {
  const { detail, names } = await opened('openssl-loss-flight4.client.pcap', 'openssl-fail-unknown-ca.pcap');
  expect(anchorWords({ on: 'record', at: placeOf(recordAt(detail, 0)) }, names)).toContain(
    'packet 1 of openssl-loss-flight4.client.pcap',
  );
});

test('with two capture points packets have the names that the diagram gives them', async () => {
  const { detail, names } = await opened(
    'openssl-loss-final-flight-x3.client.pcap',
    'openssl-loss-final-flight-x3.server.pcap',
  );
  const words = detail.records.map((record) => anchorWords({ on: 'record', at: placeOf(record) }, names));
  expect(words[0]).toBe('packet A1, ClientHello, 0.000 ms');
  expect(words.some((one) => one.startsWith('packet B'))).toBe(true);
});

test('names in notes of others cannot turn the text around them', async () => {
  const { detail, names } = await opened('openssl-fail-unknown-ca.pcap');
  const at = placeOf(recordAt(detail, 0));
  expect(anchorWords({ on: 'message', at, name: 'Hello\u202e' }, names)).toContain('Hello\ufffd in packet 1');
  expect(anchorWords({ on: 'finding', at, rule: 'x\u2066' }, names)).toBe('finding: x\ufffd');
});

test('a judgement belongs to its finding alone', async () => {
  const { detail } = await opened('openssl-fail-unknown-ca.pcap');
  const [first, second] = detail.association.findings;
  if (!first) throw new Error('no finding');
  const note = {
    id: 'n1',
    anchor: findingAnchor(detail, first),
    to: null,
    text: '',
    shape: 'square',
    judgement: 'confirmed',
    author: '',
  } as const;
  expect(judgementOf([note], detail, first)).toBe(note);
  expect(judgementOf([{ ...note, judgement: null }], detail, first)).toBeNull();
  if (second && second.rule !== first.rule) expect(judgementOf([note], detail, second)).toBeNull();
});
