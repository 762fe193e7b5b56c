/**
 * Our records against those of tshark, packet by packet. `scripts/compare-tshark.mjs` made facts.jsonl, and says what
 * its numbers are; left-out.json has what is not compared, with the reason.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { Session } from '../../src/analysis/session.ts';
import type { RecordView } from '../../src/analysis/trace.ts';
import { known, textOf } from '../captures.ts';
import { addKeys, detailsOf, openSession } from '../open-session.ts';

type Header = readonly (number | undefined)[];
type ContentType = number | readonly [header: number, inside: number];
type RecordFacts = readonly [ContentType, number, number, number, (readonly Header[])?, (readonly Header[])?];
type Facts = readonly (readonly [packet: number, records: readonly RecordFacts[] | null])[];

const FACTS: readonly (readonly [file: string, facts: Facts])[] = readFileSync(
  new URL('facts.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const LEVELS = ['', 'warning', 'fatal'];

async function open(file: string): Promise<Session> {
  const { keys, psk, privateKey } = known(file);
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  if (psk) session.addPsk(psk, { text: false, source: 'manifest' });
  if (privateKey) session.addPrivateKey(textOf(privateKey), privateKey);
  return session;
}

/** What `contents` says of the type that a connection ID record encrypts; null while it is closed. */
function inside({ contents: [content] }: RecordView): number | null {
  if (content?.kind === 'other') return content.contentType;
  return { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 }[content?.kind as string] ?? null;
}

/** The record as facts.jsonl has it: of a record that is closed to tshark, no more than its header. */
function comparable(record: RecordView, theirs: RecordFacts | undefined): unknown[] {
  const { contentType, epoch, sequenceNumber, length, contents } = record;
  const type = Array.isArray(theirs?.[0]) ? [contentType, inside(record)] : contentType;
  const header = [type, epoch, sequenceNumber, length];
  if (theirs && (theirs.length === 4 || record.reason === 'unsupported-suite')) return header;
  const handshake = contents.flatMap((c) =>
    c.kind === 'handshake' ? [[c.type, c.length, c.messageSeq, c.fragmentOffset, c.fragmentLength]] : [],
  );
  const alerts = contents.flatMap((c) => (c.kind === 'alert' ? [[LEVELS.indexOf(c.level), c.code]] : []));
  return alerts.length > 0 ? [...header, handshake, alerts] : [...header, handshake];
}

test.each(FACTS)('%s', async (file, facts) => {
  const records = detailsOf(await open(file))
    .flatMap((d) => d.records)
    .sort((a, b) => a.record - b.record);
  const byPacket = new Map<number, RecordView[]>();
  for (const record of records) byPacket.set(record.packet, [...(byPacket.get(record.packet) ?? []), record]);
  const theirs = new Map(facts);
  const leftOut = (packet: number) => theirs.get(packet) === null;
  const packets = [...new Set([...byPacket.keys(), ...theirs.keys()])].filter((p) => !leftOut(p)).sort((a, b) => a - b);
  const differences = packets.flatMap((packet) => {
    const records = byPacket.get(packet) ?? [];
    const dtlscope = records.map((record, i) => comparable(record, theirs.get(packet)?.[i]));
    const tshark = (theirs.get(packet) ?? []).map((facts, i) =>
      // Camellia: tshark has it, the libraries here have not.
      records[i]?.reason === 'unsupported-suite' ? facts.slice(0, 4) : facts,
    );
    return isDeepStrictEqual(dtlscope, tshark) ? [] : [{ packet, dtlscope, tshark }];
  });
  expect(differences).toEqual([]);
});
