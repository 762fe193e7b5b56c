/** H7: under the old keys the server answers nothing any more: it restarted, or it forgot the association. */
import { usuallyAnswered } from '../../relations/answering.ts';
import { count, endpointText, list } from '../../words.ts';
import { offeredSession } from '../resumption/offered-session.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { certainAt } from './living.ts';
import { isAfterHandshake, isAlert, isData, isOriginal } from './protected-records.ts';
import { span } from './time-words.ts';
import { portUnreachable } from './unreachable.ts';

export const serverLostState: Rule = {
  scope: 'association',
  id: 'server-lost-state',
  group: 'reassociation',
  title: 'The server no longer answers under the keys of the association',
  severity: 'failure',
  rank: 'silence',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 6347 §4.1.2.7', 'RFC 9147 §4.5.2', 'RFC 7925 §10'],
  advice:
    'Let the client notice it: answer every request, or send a heartbeat, and do a new handshake or resume when nothing comes back. At the server, keep sessions over a restart, or raise the idle timeout.',
  alternatives: [
    'The answers are lost on the way back: a capture at the server shows them leaving.',
    'A NAT or firewall on the path forgot the mapping: a capture at the server does not have these records, or has them from another port.',
    'The application has nothing to answer to these records: its protocol tells.',
  ],
  looksLike:
    'An established association in which the server answered. Then records of the client with the next numbers, and nothing comes back.',
  why: 'DTLS has no reset. A server that restarted, or dropped an idle association, has no keys for these records and throws them away without a word. The client cannot tell this from loss.',
  sources: ['OMA_LwM2M#160', 'radsecproxy#148', 'node-tradfri#312'],
  sample: 'openssl-assoc-server-restart.pcap',
  explains: ['no-close-notify', 'spoofable-alert-accepted', 'epoch-gap'],
  check: lostState,
};

/** Silence for so long is no slow answer. */
const SILENCE_MS = 1000;
/** And so many times the round trip. */
const ROUND_TRIPS = 5;
/** The client tried again after at least this long. */
const APART_MS = 500;
/** A pause that makes a NAT or the peer forget: the finding about that says more. */
const IDLE_MS = 20_000;

/** What the client sent last, and what else is known of that time. */
interface Silence {
  readonly records: readonly RecordFact[];
  readonly data: readonly RecordFact[];
  /** The last record of the server under keys. */
  readonly heard: RecordFact;
  /** Plaintext alerts that it sent instead of an answer. */
  readonly alerts: readonly RecordFact[];
}

function lostState(subject: Subject): readonly Match[] {
  if (!subject.established || !subject.a.rolesKnown) return [];
  const silence = silenceAtEnd(subject);
  const first = silence?.data[0];
  if (!silence || !first || movedBefore(subject, silence) || neverArrived(subject, silence)) return [];
  const signs = signsOf(subject, silence);
  if (signs.some((s) => s.strong)) return [match(subject, silence, signs)];
  const { data, records, heard } = silence;
  const last = records.at(-1) ?? first;
  // One record may be an answer itself, such as an acknowledgement: nobody answers that.
  if (data.length < 2 || last.timeMs - first.timeMs < APART_MS) return [];
  if (signs.length > 0) return [match(subject, silence, signs)];
  if (!subject.watched(first.timeMs, Math.max(SILENCE_MS, ROUND_TRIPS * (roundTripMs(subject) ?? 0)))) return [];
  if (first.timeMs - heard.timeMs >= IDLE_MS) return [];
  if (!usuallyAnswered(subject.analysed, 0, first.index) && !closedInVain(subject, silence)) return [];
  return [match(subject, silence, [])];
}

function silenceAtEnd(subject: Subject): Silence | null {
  const { records } = subject;
  const tail: RecordFact[] = [];
  const alerts: RecordFact[] = [];
  let heard: RecordFact | null = null;
  for (let i = records.length - 1; i >= 0 && !heard; i--) {
    const record = records[i];
    if (!record || !isOriginal(record)) continue;
    if (record.side === 0) tail.push(record);
    else if (record.epoch === 0 && isAlert(subject, record)) alerts.push(record);
    else heard = record;
  }
  // Whoever said goodbye need not answer.
  if (!heard || heard.epoch === 0 || isAlert(subject, heard)) return null;
  tail.reverse();
  const data = tail.filter((r) => isData(subject, r));
  return data.length === 0 ? null : { records: tail, data, heard, alerts: alerts.reverse() };
}

/** The client came from another address: then that is why. */
function movedBefore({ a }: Subject, { heard }: Silence): boolean {
  return a.addressChanges.some((c) => c.timeMs >= heard.timeMs);
}

/** Two capture points show that none of it got to the server's. */
function neverArrived(subject: Subject, { data }: Silence): boolean {
  return data.every((r) => subject.datagram(r.index).transit && subject.trace.arrivalMs(r.index) === null);
}

/** What shows that it is the server that forgot, beyond its silence. */
interface Sign {
  readonly says: string;
  readonly evidence: Evidence;
  /** It proves it almost alone. */
  readonly strong: boolean;
}

function signsOf(subject: Subject, { data, alerts }: Silence): readonly Sign[] {
  const signs: Sign[] = [];
  const firstMs = data[0]?.timeMs ?? 0;
  const relation = subject.story.relations.find((r) => r.kind === 'server-restart' && r.timeMs >= firstMs);
  const next = subject.all.byId(relation?.with ?? null);
  const hello = next?.analysed.state.records[0];
  if (relation && next && hello !== undefined)
    signs.push({
      says: `it answered the new handshake ${next.a.id} at once${refusedSession(subject, next) ? ' and refused the session of this one' : ''}`,
      evidence: { record: hello, says: `The client starts anew: ${next.a.id}, which the server answers` },
      strong: relation.certainty !== 'inferred',
    });
  // With ICE a closed port means little: the peers may have gone on elsewhere.
  const error = byIce(subject) ? undefined : portUnreachable(subject, firstMs);
  if (error)
    signs.push({
      says: 'its port was unreachable',
      evidence: { packet: error.packet, timeMs: error.timeMs, says: `ICMP port unreachable from ${error.from}` },
      strong: true,
    });
  const [alert] = alerts.filter((r) => r.timeMs > firstMs);
  if (alert)
    signs.push({
      says: 'it sent a plaintext alert, as who has no keys does',
      evidence: subject.evidence(alert.index, 'An alert in epoch 0, though both sides have keys'),
      strong: true,
    });
  return signs;
}

/** The new handshake offers the session of this association, and the server does not take it. */
function refusedSession(subject: Subject, next: Subject): boolean {
  const { clientHello, handshake } = next;
  if (!clientHello || handshake?.kind.startsWith('resumed') || handshake?.kind.startsWith('1.3-psk')) return false;
  return offeredSession(next, clientHello)?.from === subject;
}

const byIce = ({ a, trace }: Subject): boolean => Boolean(trace.surroundings.tupleFacts(a.client, a.server)?.stun);

/** The server never answered any data, but a close_notify must be answered (RFC 5246 §7.2.1). */
function closedInVain(subject: Subject, { records, data }: Silence): boolean {
  const last = records.at(-1);
  return (
    !subject.is13 &&
    last !== undefined &&
    isAlert(subject, last) &&
    subject.records.filter((r) => r.side === 0 && isData(subject, r)).length === data.length &&
    !subject.records.some((r) => r.side === 1 && isData(subject, r))
  );
}

function roundTripMs(subject: Subject): number | null {
  const { client, server } = subject.story.timing.roundTripMs;
  return client === null && server === null ? subject.a.handshakeMs : (client ?? 0) + (server ?? 0);
}

function match(subject: Subject, { records, data, heard }: Silence, signs: readonly Sign[]): Match {
  const { a } = subject;
  const first = data[0] ?? heard;
  const last = records.at(-1) ?? first;
  const after = span(first.timeMs - heard.timeMs);
  const atServer = certainAt(subject, 'server');
  const everAnswered = subject.records.some((r) => r.side === 1 && isAfterHandshake(subject, r) && isData(subject, r));
  const strong = signs.some((s) => s.strong);
  const what = `${count(records.length, 'record')} of the client`;
  const title =
    signs.length > 0
      ? `${endpointText(a.server)} lost its state: ${what} had no answer, and ${list(signs.map((s) => s.says))}`
      : `${endpointText(a.server)} stopped answering: ${what} had no answer`;
  return {
    title,
    explanation: [
      everAnswered
        ? 'The association was established and the server answered in it.'
        : 'The association was established, and then the server said nothing any more.',
      `${after} after its last record the client sent ${count(data.length, 'record')} of data${
        records.length > data.length ? ` and ${records.length - data.length} more` : ''
      } within ${span(last.timeMs - first.timeMs)}, and nothing came back under these keys.`,
      signs.length > 0
        ? `That the server forgot the association is shown by this: ${list(signs.map((s) => s.says))}.`
        : '',
      signs.length === 0 && atServer
        ? 'The capture was taken at the server, so the records got there and were thrown away, or the application did not answer.'
        : '',
      signs.length === 0 && !atServer
        ? 'From here it cannot be told whether the server forgot the keys, or the path lost the records or the answers.'
        : '',
      subject.a.retransmissions > 0 && signs.length === 0
        ? `The handshake had lost packets too (${count(subject.a.retransmissions, 'repeat')}), so loss may be all there is.`
        : '',
    ]
      .filter(Boolean)
      .join(' '),
    evidence: [
      subject.evidence(heard.index, 'The last that the server sent under these keys'),
      subject.evidence(first.index, 'Sent by the client, not answered'),
      ...(last.index === first.index ? [] : [subject.evidence(last.index, 'The last of them')]),
      ...signs.map((s) => s.evidence),
    ],
    certainty: strong ? 'near-certain' : 'inferred',
    ...(strong ? {} : { severity: 'warning' }),
    verdict:
      signs.length > 0 ? `The handshake was done, but later ${title}.` : `The handshake was done, but then ${title}.`,
  };
}
