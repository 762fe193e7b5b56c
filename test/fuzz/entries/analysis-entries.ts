/** Everything at once: a capture with its keys, analysed and reported on. Costly, so damage is to what is read first. */

import { NOTHING_GIVEN } from '../../../src/analysis/given.ts';
import { Session } from '../../../src/analysis/session.ts';
import type { Datagram } from '../../../src/capture/datagram.ts';
import { NOTHING_AROUND } from '../../../src/capture/surroundings.ts';
import { concat } from '../../../src/wire/text.ts';
import { sourceOfBytes } from '../../captures.ts';
import { reportAs } from '../../hostile-reading.ts';
import { complaintsAbout } from '../../sound.ts';
import { asText, type Entry, must } from '../entry.ts';
import { beginning, fileBytes, filesWith, framesOf } from '../seeds.ts';

const paths = filesWith('.pcap');
const logs = filesWith('.keys');

/** The place in `logs` of the key log of a capture, in two bytes; of none 0xffff. */
function logOf(path: string): Uint8Array {
  const stem = path.replace(/(\.client|\.server)?\.pcap$/, '');
  const found = logs.indexOf(`${stem}.keys`);
  const place = found < 0 ? 0xffff : found;
  return Uint8Array.of(place >> 8, place & 255);
}

const texts = new Map<number, string>();

function logAt(input: Uint8Array): string {
  const place = ((input[0] ?? 0) << 8) | (input[1] ?? 0);
  const path = logs[place];
  if (path === undefined) return '';
  const text = texts.get(place) ?? asText(fileBytes(path));
  texts.set(place, text);
  return text;
}

const growth = (length: number) => 600_000 + 8000 * length;

function everythingOf(session: Session): readonly string[] {
  const complaints = complaintsAbout(session);
  must(complaints.length === 0, complaints.join('\n'));
  const reports = [
    reportAs(session, 'text'),
    reportAs(session, 'markdown'),
    reportAs(session, 'json', '--data', '--srtp-keys'),
  ];
  JSON.parse(reports[2] ?? '');
  return reports;
}

const whole: Entry = {
  name: 'analysis',
  form: 'bytes',
  seeds: () => paths.map((path) => concat(logOf(path), beginning(fileBytes(path), 16, 6000))),
  growth,
  async read(input) {
    const session = new Session();
    const { ok, failures } = await session.open([sourceOfBytes('x', input.subarray(2))], { add: true });
    if (!ok) return failures;
    session.addKeyLog(logAt(input), 'x.keys');
    return everythingOf(session);
  },
};

/** Two bytes of key log; then datagrams: one byte of direction and time, two of length. */
const conversation: Entry = {
  name: 'conversation',
  form: 'bytes',
  seeds: () =>
    paths.flatMap((path) => {
      const found = framesOf(fileBytes(path), 14);
      if (found?.linkType !== 1) return [];
      const port = ((found.frames[0]?.[34] ?? 0) << 8) | (found.frames[0]?.[35] ?? 0);
      const parts = found.frames.flatMap((frame, i) => {
        const payload = frame.subarray(42);
        const up = (((frame[34] ?? 0) << 8) | (frame[35] ?? 0)) === port;
        return [Uint8Array.of((up ? 0 : 1) | ((i % 40) << 1), payload.length >> 8, payload.length & 255), payload];
      });
      return [concat(logOf(path), ...parts)];
    }),
  growth,
  read(input) {
    const session = new Session();
    session.openShared({ captures: [captured(input)], keyLog: logAt(input), ports: [], given: NOTHING_GIVEN });
    return everythingOf(session);
  },
};

const ENDS = [
  { address: '192.0.2.1', port: 40_000 },
  { address: '192.0.2.2', port: 5684 },
] as const;

function captured(input: Uint8Array) {
  const datagrams: Datagram[] = [];
  let timeNs = 1_795_500_000_000_000_000n;
  for (let at = 2; at + 3 <= input.length; ) {
    const [kind = 0, high = 0, low = 0] = input.subarray(at, at + 3);
    const from = at + 3;
    const payload = input.slice(from, from + ((high << 8) | low));
    timeNs += BigInt(kind >> 1) ** 4n * 1000n;
    const packet = datagrams.length + 1;
    datagrams.push({
      capture: 0,
      packet,
      timeNs,
      source: ENDS[kind & 1 ? 1 : 0],
      destination: ENDS[kind & 1 ? 0 : 1],
      directed: true,
      carriers: [],
      tag: '',
      payload,
      missing: 0,
      pieces: [{ packet, from: 0, fileOffset: from, length: payload.length }],
      frame: payload,
      frameOffset: from,
      comments: [],
    });
    at = from + payload.length;
  }
  const times = {
    firstTimeNs: datagrams[0]?.timeNs ?? null,
    lastTimeNs: datagrams.at(-1)?.timeNs ?? null,
    timeDigits: 9,
  };
  const counts = { packets: datagrams.length, udpDatagrams: datagrams.length, ipFragmentsReassembled: 0 };
  return {
    facts: {
      name: 'x',
      format: 'pcap' as const,
      linkTypes: [1],
      ...counts,
      ...times,
      problems: [],
      surroundings: NOTHING_AROUND,
    },
    datagrams,
  };
}

export const ANALYSIS_ENTRIES: readonly Entry[] = [whole, conversation];
