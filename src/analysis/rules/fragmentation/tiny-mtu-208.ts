/** E5: a handshake cut into pieces of about 200 bytes, as OpenSSL does where it cannot learn the MTU. */
import { greatest, least } from '../../extremes.ts';
import { SENDERS } from '../../record-table.ts';
import type { SentFlight } from '../../transmissions.ts';
import { count, duration } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { datagramsOf, type Sized } from './datagram-sizes.ts';

export const tinyMtu208: Rule = {
  scope: 'association',
  id: 'tiny-mtu-208',
  group: 'fragmentation',
  title: 'The handshake is cut into pieces of about 200 bytes',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.1.1', 'RFC 6347 §4.2.3', 'RFC 9147 §4.4'],
  advice:
    'Tell the sender the MTU of its link. In OpenSSL answer BIO_CTRL_DGRAM_QUERY_MTU, or set SSL_OP_NO_QUERY_MTU and call DTLS_set_link_mtu.',
  alternatives: [
    'The small MTU was configured on purpose, such as for a radio link: then it is as it should be.',
    'Larger datagrams were tried before and lost: then they are in the capture, or numbers are missing.',
  ],
  looksLike: 'Five or more fragments in a row in datagrams of 228 to 256 bytes.',
  why: 'OpenSSL asks its socket for the MTU. Without an answer, as with IPv6 or a memory BIO, it takes its least value, 256 bytes with IP and UDP headers or without.',
  sources: ['pydtls#9', 'OvenMediaEngine#2329'],
  sample: 'openssl-bigchain-mtu256.pcap',
  check: (subject) => subject.analysed.handshakes.slice(0, 1).flatMap(({ flights }) => tinyPieces(subject, flights)),
};

const LEAST_BYTES = 228;
const MOST_BYTES = 256;
const MIN_IN_A_ROW = 5;

function tinyPieces(subject: Subject, flights: readonly SentFlight[]): readonly Match[] {
  for (const flight of flights) {
    const [first] = flight.transmissions;
    if (!first || first.units.length < MIN_IN_A_ROW) continue;
    const fragments = first.units.filter(({ pieces }) =>
      pieces.some(({ part, from, to }) => part.message !== null && to - from < part.length),
    );
    if (fragments.length < MIN_IN_A_ROW) continue;
    const row = longestRow(
      datagramsOf(
        subject,
        fragments.map((u) => u.record),
      ),
    );
    if (row.length >= MIN_IN_A_ROW) return [match(subject, flight, row)];
  }
  return [];
}

function longestRow(datagrams: readonly Sized[]): readonly Sized[] {
  let longest: Sized[] = [];
  let row: Sized[] = [];
  for (const sized of datagrams) {
    if (sized.bytes < LEAST_BYTES || sized.bytes > MOST_BYTES) row = [];
    else row.push(sized);
    if (row.length > longest.length) longest = row;
  }
  return longest;
}

function match(subject: Subject, flight: SentFlight, row: readonly Sized[]): Match {
  const [first] = flight.transmissions;
  const all = datagramsOf(subject, first?.units.map((u) => u.record) ?? []).length;
  const [fewest, bytes] = [least(row.map((r) => r.bytes)), greatest(row.map((r) => r.bytes))];
  const sender = SENDERS[flight.side] ?? 'server';
  const waitMs = subject.handshake?.flights
    .find((f) => f.number === flight.number)
    ?.transmissions.reduce((sum, t) => sum + (t.sincePreviousMs ?? 0), 0);
  return {
    title: `The ${sender} cuts its handshake into datagrams of ${bytes} bytes`,
    explanation: `Flight ${flight.number} takes ${count(all, 'datagram')}, ${row.length} of them in a row with ${fewest === bytes ? bytes : `${fewest} to ${bytes}`} bytes. If one in a hundred is lost, some part of the flight is missing in ${Math.round(100 * (1 - 0.99 ** all))} % of all handshakes, and each time all of it has to wait for a timer.${
      flight.transmissions.length > 1 && waitMs ? ` Here it was repeated, and waited ${duration(waitMs)}.` : ''
    }`,
    evidence: [
      subject.evidence(row[0]?.record ?? 0, `The first of ${row.length} small fragments in a row`),
      subject.evidence(row.at(-1)?.record ?? 0, 'The last of them'),
    ],
    certainty: 'seen',
  };
}
