/**
 * Our records against those of tshark, packet by packet. `scripts/compare-tshark.mjs` made facts.json, and says what
 * its numbers are; left-out.json has what is not compared, with the reason.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Session } from '../../src/analysis/session.ts';
import type { RecordView } from '../../src/analysis/trace.ts';
import { known, textOf } from '../captures.ts';
import { addKeys, detailsOf, openSession } from '../open-session.ts';

type Header = readonly (number | undefined)[];
type RecordFacts = readonly [number | null, number, number, number, (readonly Header[])?, (readonly Header[])?];
type Facts = readonly (readonly [packet: number, records: readonly RecordFacts[] | null])[];

const FACTS: { readonly [file: string]: Facts } = JSON.parse(
  readFileSync(new URL('facts.json', import.meta.url), 'utf8'),
);
const LEVELS = ['', 'warning', 'fatal'];

async function open(file: string): Promise<Session> {
  const { keys, psk, privateKey } = known(file);
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  if (psk) session.addPsk(psk, { text: false, source: 'manifest' });
  if (privateKey) session.addPrivateKey(textOf(privateKey), privateKey);
  return session;
}

function ours({ contentType, epoch, sequenceNumber, length, contents }: RecordView): unknown[] {
  const handshake = contents.flatMap((c) =>
    c.kind === 'handshake' ? [[c.type, c.length, c.messageSeq, c.fragmentOffset, c.fragmentLength]] : [],
  );
  const alerts = contents.flatMap((c) => (c.kind === 'alert' ? [[LEVELS.indexOf(c.level), c.code]] : []));
  return [contentType, epoch, sequenceNumber, length, handshake, alerts];
}

/** Ours, without what tshark could not open. */
function comparable(record: readonly unknown[], theirs: RecordFacts | undefined): readonly unknown[] {
  const [contentType, epoch, sequenceNumber, length, handshake, alerts] = record;
  if (!theirs) return record;
  const opened = theirs.length > 4;
  return [theirs[0] === null ? null : contentType, epoch, sequenceNumber, length, ...(opened ? [handshake, alerts] : [])];
}

test.each(Object.entries(FACTS))('%s', async (file, facts) => {
  const records = detailsOf(await open(file))
    .flatMap((d) => d.records)
    .sort((a, b) => a.record - b.record);
  const byPacket = Map.groupBy(records, (r) => r.packet);
  const theirs = new Map(facts);
  const leftOut = (packet: number) => theirs.get(packet) === null;
  const packets = [...new Set([...byPacket.keys(), ...theirs.keys()])].filter((p) => !leftOut(p)).sort((a, b) => a - b);
  const comparison = packets.map((packet) => {
    const read = theirs.get(packet) ?? [];
    return {
      ours: { packet, records: (byPacket.get(packet) ?? []).map((r, i) => comparable(ours(r), read[i])) },
      theirs: { packet, records: read.map((r) => (r.length > 4 ? [...r, ...(r.length < 6 ? [[]] : [])] : r)) },
    };
  });
  expect(comparison.map((c) => c.ours)).toEqual(comparison.map((c) => c.theirs));
});
