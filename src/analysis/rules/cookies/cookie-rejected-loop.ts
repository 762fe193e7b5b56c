/** B3: the client returns the cookie, and the server asks for another one. */
import { duration, list, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Asked, cookieText, type Hellos, hellosOf, lastBefore } from './hellos.ts';

export const cookieRejectedLoop: Rule = {
  scope: 'association',
  id: 'cookie-rejected-loop',
  group: 'cookies',
  title: 'The server asks for another cookie when the cookie comes back',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1'],
  advice:
    'Give all processes and nodes behind this address the same cookie secret, and accept the secret before it, too. Check that the server sets both cookie callbacks.',
  alternatives: [
    'The address of the client changes on its way, and the cookie is bound to it: a capture at the server shows the same ClientHello from two ports.',
    'The second ClientHello is not the same as the first, or was damaged on its way: compare the two.',
  ],
  looksLike:
    'HelloVerifyRequest, a ClientHello with that cookie, and another HelloVerifyRequest instead of a ServerHello.',
  why: 'The server cannot verify its own cookie: several nodes with different secrets share the address, the secret has changed, or nothing verifies it.',
  sources: ['openssl#10908'],
  sample: 'hvr-changing-cookies-never-openssl-dtls12.pcap',
  explains: [
    'stale-cookie',
    'client-ignores-hvr',
    'server-mute-after-cookie',
    'one-way-downlink-dead',
    'hvr-lost',
    'flight-lost-and-recovered',
    'spurious-retransmission-rtt',
    'retransmission-storm',
    'timer-too-slow',
    'gave-up',
    'constant-cookie',
  ],
  check: rejected,
};

/** A single refusal proves a failure only where nothing better follows. */
const WAIT_MS = 3000;
/** So many datagrams in a row are not damaged in the same way. */
const MANY = 3;

function rejected(subject: Subject): readonly Match[] {
  const { hellos, serverHello } = hellosOf(subject);
  const until = serverHello ?? Number.POSITIVE_INFINITY;
  const refused = refusals(subject).filter(({ request }) => request.record < until);
  const [first] = refused;
  if (!first) return [];
  if (serverHello !== null) {
    const after = hellos.some((h) => h.record > first.request.record && h.record < until && !h.isCopy);
    return after ? [match(subject, refused, first)] : [];
  }
  if (subject.established || (refused.length < 2 && !subject.watched(first.request.timeMs, WAIT_MS))) return [];
  return [match(subject, refused, first)];
}

/**
 * A request may have crossed the cookie and answer an earlier ClientHello. It does not where it copies the number of
 * this one, or where there are more requests than ClientHellos without a cookie.
 */
function refusals(subject: Subject): readonly Asked[] {
  const { asked, hellos } = hellosOf(subject);
  const found: Asked[] = [];
  let next = 0;
  let without = 0;
  for (const [i, one] of asked.entries()) {
    for (; (hellos[next]?.record ?? Number.POSITIVE_INFINITY) < one.request.record; next++)
      if (hellos[next]?.cookie === '' && !hellos[next]?.isCopy) without++;
    const { hello, request } = one;
    if (hello.cookie === '' || request.name !== 'HelloVerifyRequest') continue;
    if (request.sequenceNumber === hello.sequenceNumber || i + 1 > without) found.push(one);
  }
  return found;
}

/** What the refused cookie is, compared with those that were given. */
type Kind =
  /** It came back as it was given, and the server wants another one. */
  | 'unknown'
  /** The server asks for the very cookie that was returned. */
  | 'same'
  /** It came back other than it was given. */
  | 'altered'
  /** It was given before this capture, or at another address. */
  | 'from-before';

function kindOf({ hellos, requests }: Hellos, { hello, request }: Asked): Kind {
  if (hellos[0]?.cookie !== '') return 'from-before';
  if (requests.every((r) => r.record > hello.record || r.cookie !== hello.cookie)) return 'altered';
  return request.cookie === hello.cookie ? 'same' : 'unknown';
}

function match(subject: Subject, refused: readonly Asked[], first: Asked): Match {
  const all = hellosOf(subject);
  const { hellos, requests, serverHello } = all;
  const kind = kindOf(all, first);
  const given = lastBefore(requests, first.hello.record);
  const last = refused.at(-1) ?? first;
  const keeps = refused.length > 1 && new Set(refused.map((a) => a.hello.cookie)).size === 1;
  const cookies = new Set(requests.map((r) => r.cookie)).size;
  const shown = subject.evidence(first.hello.record, `The client returns ${cookieText(first.hello.cookie)}`);
  const evidence: readonly Evidence[] = [
    subject.evidence(first.request.record, `The server asks again, with ${cookieText(first.request.cookie)}`),
    ...(last === first
      ? []
      : [subject.evidence(last.request.record, `Refusal ${refused.length}, with ${cookieText(last.request.cookie)}`)]),
    ...(serverHello === null ? [] : [subject.evidence(serverHello, 'Here the ServerHello comes at last')]),
  ];
  const endMs = serverHello === null ? (hellos.at(-1) ?? first.hello).timeMs : subject.fact(serverHello).timeMs;
  const span = duration(endMs - first.hello.timeMs);
  return {
    title: titleOf(kind, times(refused.length)),
    explanation: [
      `${returnedSentence(kind, first.hello.cookie, given?.cookie ?? '')} The server asked again ${times(refused.length)}${
        cookies > 1 ? `, with ${cookies} cookies in all` : ''
      }.`,
      keeps && cookies > 1 ? 'The client keeps to its first cookie and does not take the newer ones.' : '',
      serverHello === null ? `No ServerHello came in ${span}.` : `After ${span} the server accepted a cookie.`,
      kind === 'unknown' && subject.story.vantage.position !== 'server'
        ? 'From here it cannot be told whether the server does not know its own cookie, or whether the address or the message of the client is changed on the way.'
        : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    evidence: given
      ? [subject.evidence(given.record, `The server gives the cookie ${cookieText(given.cookie)}`), shown, ...evidence]
      : [shown, ...evidence],
    certainty: kind === 'altered' ? 'near-certain' : 'seen',
    severity: serverHello === null ? 'failure' : 'warning',
    ...(kind === 'altered' || (kind === 'same' && refused.length < MANY)
      ? { advice: 'Look for what alters datagrams on the way: a middlebox, or memory and drivers of the hosts.' }
      : {}),
  };
}

function titleOf(kind: Kind, often: string): string {
  switch (kind) {
    case 'altered':
      return `The cookie does not come back as it was given, and the server asks again ${often}`;
    case 'same':
      return `The server asks again ${often} for the very cookie that the client returned`;
    case 'from-before':
      return `The server asks for another cookie ${often} although the client returned one`;
    case 'unknown':
      return `The server asks for another cookie ${often} although the client returned the one it was given`;
  }
}

function returnedSentence(kind: Kind, returned: string, given: string): string {
  const cookie = cookieText(returned);
  switch (kind) {
    case 'altered':
      return `The server gave the cookie ${cookieText(given)}, and ${cookie} came back, ${difference(given, returned)}: it was altered on its way to the client or back.`;
    case 'same':
      return `The client returned the cookie ${cookie}, byte for byte as it was given. What the server got cannot have been the same, or it does not compare cookies at all.`;
    case 'from-before':
      return `The client returned the cookie ${cookie}, which it got before this capture or at another address.`;
    case 'unknown':
      return `The client returned the cookie ${cookie}, byte for byte as it was given.`;
  }
}

/** Both are hex. */
function difference(given: string, returned: string): string {
  if (given.length !== returned.length) return `${returned.length / 2} bytes instead of ${given.length / 2}`;
  const bytes = Array.from({ length: given.length / 2 }, (_, i) => i);
  const other = bytes.filter((i) => given.slice(2 * i, 2 * i + 2) !== returned.slice(2 * i, 2 * i + 2));
  return `other in ${other.length === 1 ? 'byte' : 'bytes'} ${list(other.map((i) => i + 1))} of ${bytes.length}`;
}
