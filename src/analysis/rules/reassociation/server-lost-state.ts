/** H7: under the old keys the server answers nothing any more: it restarted, or it forgot the association. */
import type { Side } from '../../record-table.ts';
import { usuallyAnswered } from '../../relations/answering.ts';
import { capital, count, endpointText, list } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certainAt } from './living.ts';
import { dataFrom, isAlert } from './protected-records.ts';
import { type Sign, type Silence, signsOf, silenceAtEnd } from './silence-at-end.ts';
import { span } from './time-words.ts';

export const serverLostState: Rule = {
  scope: 'association',
  id: 'server-lost-state',
  group: 'reassociation',
  title: 'The server no longer answers under the keys of the association',
  severity: 'failure',
  rank: 'specific',
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

function lostState(subject: Subject): readonly Match[] {
  // Where the capture began too late for the handshake, data both ways shows that there was one.
  if (!subject.established && subject.a.outcome !== 'no-handshake') return [];
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
  if (!usuallyAnswered(subject.analysed, silence.side, first.index) && !closedInVain(subject, silence)) return [];
  return [match(subject, silence, [])];
}

/** The client came from another address: then that is why. */
function movedBefore({ a }: Subject, { heard }: Silence): boolean {
  return a.addressChanges.some((c) => c.timeMs >= heard.timeMs);
}

/** Two capture points show that none of it got to the server's. */
function neverArrived(subject: Subject, { data }: Silence): boolean {
  return data.every((r) => subject.datagram(r.index).transit && subject.trace.arrivalMs(r.index) === null);
}

/** The server never answered any data, but a close_notify must be answered (RFC 5246 §7.2.1). */
function closedInVain(subject: Subject, { records, data }: Silence): boolean {
  const last = records.at(-1);
  return (
    subject.established &&
    !subject.is13 &&
    last !== undefined &&
    isAlert(subject, last) &&
    dataFrom(subject, 0) === data.length &&
    dataFrom(subject, 1) === 0
  );
}

function roundTripMs(subject: Subject): number | null {
  const { client, server } = subject.story.timing.roundTripMs;
  return client === null && server === null ? subject.a.handshakeMs : (client ?? 0) + (server ?? 0);
}

function match(subject: Subject, { side, records, data, heard }: Silence, signs: readonly Sign[]): Match {
  const { a } = subject;
  const first = data[0] ?? heard;
  const last = records.at(-1) ?? first;
  const peer: Side = side === 0 ? 1 : 0;
  const [asker, silent] = a.rolesKnown
    ? ['the client', 'the server']
    : [endpointText(side === 0 ? a.client : a.server), endpointText(side === 0 ? a.server : a.client)];
  const strong = signs.some((s) => s.strong);
  const what = `${count(records.length, 'record')} of ${asker}`;
  const where = endpointText(side === 0 ? a.server : a.client);
  const said = a.rolesKnown ? `the server at ${where}` : `the endpoint ${where}`;
  const shown = list(signs.map((s) => s.says));
  const title =
    signs.length > 0
      ? `${said} lost its state: ${what} had no answer, and ${signs[0]?.says}`
      : `${said} stopped answering: ${what} had no answer`;
  return {
    title: capital(title),
    explanation: [
      dataFrom(subject, peer) > 0
        ? `Both sides had keys, and ${silent} had sent data too.`
        : `The association was established, and then ${silent} said nothing any more.`,
      `${span(first.timeMs - heard.timeMs)} after the last record of ${silent}, ${asker} sent ${count(data.length, 'record')} of data${
        records.length > data.length ? ` and ${records.length - data.length} more` : ''
      } within ${span(last.timeMs - first.timeMs)}. Nothing came back under these keys.`,
      signs.length > 0 ? `That the association was forgotten is shown by this: ${shown}.` : whatIsKnown(subject),
    ].join(' '),
    evidence: [
      subject.evidence(heard.index, `The last that ${silent} sent under these keys`),
      subject.evidence(first.index, `Sent by ${asker}, not answered`),
      ...(last.index === first.index ? [] : [subject.evidence(last.index, 'The last of them')]),
      ...signs.map((s) => s.evidence),
    ],
    certainty: strong ? 'near-certain' : 'inferred',
    ...(strong ? {} : { severity: 'warning' }),
    ...(subject.established
      ? { verdict: `The handshake was done, but ${signs.length > 0 ? 'later' : 'then'} ${title}.` }
      : {}),
  };
}

/** Where silence is all there is. */
function whatIsKnown(subject: Subject): string {
  const { retransmissions } = subject.a;
  const where = certainAt(subject, 'server')
    ? 'The capture was taken at the server, so the records got there and were thrown away, or the application did not answer.'
    : 'From here it cannot be told whether the other side forgot the keys, or the path lost the records or the answers.';
  return retransmissions === 0
    ? where
    : `${where} The handshake had lost packets too (${count(retransmissions, 'repeat')}), so loss may be all there is.`;
}
