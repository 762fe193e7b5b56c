/** B4: HelloVerifyRequests arrive at the client, and it never returns the cookie. */

import { supportedVersions } from '../../../dtls/extensions/accessors.ts';
import { VERSION, versionName } from '../../../dtls/registry.ts';
import { count, duration, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Asked, hellosOf, type SentHello } from './hellos.ts';

export const clientIgnoresHvr: Rule = {
  scope: 'association',
  id: 'client-ignores-hvr',
  group: 'cookies',
  title: 'The client never returns the cookie',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1'],
  advice:
    'Update the client: it must answer a HelloVerifyRequest with its cookie. To prove it, let the server skip the cookie exchange for this client alone.',
  alternatives: [
    'The HelloVerifyRequests are lost or filtered between this capture point and the program: look at the firewall of the client itself.',
    'The client program hangs or has closed its socket: then ICMP or silence follows, not more ClientHellos.',
  ],
  looksLike:
    'HelloVerifyRequests that reach the client, and a client that goes on repeating its ClientHello without a cookie.',
  why: 'The client does not know HelloVerifyRequest, or throws it away because of its version, its record number or the length of its cookie.',
  sources: ['bc-csharp#457', 'californium#960', 'openssl#3295', 'erlang/otp#3493'],
  sample: 'gnutls-dtls09.pcap',
  explains: [
    'gave-up',
    'flight-lost-and-recovered',
    'one-way-downlink-dead',
    'server-ignores-repeated-clienthello-after-hvr',
    'timer-too-slow',
    'no-retransmission-at-all',
  ],
  check: ignored,
};

const MIN_REPEATS = 2;
/** A client that is silent after a HelloVerifyRequest: it has nothing to wait for. */
const SILENT_MS = 30_000;
/** An answer that was under way already when the request came. */
const CROSSING_MS = 5;

function ignored(subject: Subject): readonly Match[] {
  const { asked, hellos } = hellosOf(subject);
  const [first] = asked;
  if (first?.request.name !== 'HelloVerifyRequest') return [];
  if (!subject.a.rolesKnown || hellos.some((h) => h.messageSeq > 0 || h.cookie !== '')) return [];
  const repeats = hellos.filter((h) => !h.isCopy && h.timeMs > first.request.timeMs + CROSSING_MS);
  // Anywhere else the requests may be lost further on.
  if (!subject.capturedAt('client') && !isStrange(first)) return [];
  if (asked.some((a) => subject.lostBetweenPoints(a.request.record))) return [];
  const silent = repeats.length === 0 && isSilent(subject, first);
  if (repeats.length < MIN_REPEATS && !silent) return [];
  return [match(subject, asked, repeats, first)];
}

function isSilent(subject: Subject, { request }: Asked): boolean {
  return subject.quiet(0, request.timeMs, SILENT_MS) && subject.after(0, request.timeMs).length === 0;
}

/** A client that cannot take a HelloVerifyRequest of this version, wherever it was captured. */
function isStrange({ hello: { hello }, request }: Asked): boolean {
  if (hello.version === VERSION.dtls09) return request.version !== VERSION.dtls09;
  const versions = supportedVersions(hello.extensions);
  return versions.length > 0 && versions.every((v) => v === VERSION.dtls13);
}

function match(subject: Subject, asked: readonly Asked[], repeats: readonly SentHello[], first: Asked): Match {
  const last = repeats.at(-1);
  const lastAsked = asked.at(-1) ?? first;
  const reasons = reasonsOf(first);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(first.request.record, 'The HelloVerifyRequest with the cookie'),
    ...(repeats[0]
      ? [subject.evidence(repeats[0].record, 'The client repeats its ClientHello, without a cookie')]
      : []),
    ...(lastAsked === first ? [] : [subject.evidence(lastAsked.request.record, `HelloVerifyRequest ${asked.length}`)]),
    ...(last && last !== repeats[0] ? [subject.evidence(last.record, 'And still without a cookie')] : []),
  ];
  return {
    title: last
      ? `The client ignores ${count(asked.length, 'HelloVerifyRequest')} and repeats its ClientHello without a cookie`
      : 'The client gets a HelloVerifyRequest and never answers it',
    explanation: `${count(asked.length, 'HelloVerifyRequest')} ${asked.length === 1 ? 'is' : 'are'} in the capture${
      subject.capturedAt('client') ? ', which holds what the client received' : ''
    }. ${
      last
        ? `The client repeated its ClientHello ${times(repeats.length)} after the first of them, for ${duration(last.timeMs - first.request.timeMs)}, never with the cookie.`
        : 'The client sends nothing more.'
    }${reasons.length > 0 ? ` ${reasons.join(' ')}` : ''}`,
    evidence,
    certainty:
      last && subject.capturedAt('client') && subject.story.vantage.certainty !== 'inferred'
        ? 'near-certain'
        : 'inferred',
  };
}

/** RFC 4347 §4.2.1: a cookie of DTLS 1.0 has at most 32 bytes. */
const DTLS10_COOKIE = 32;

/** What about the request may be too much for the client. */
function reasonsOf({ hello, request }: Asked): readonly string[] {
  const { version } = hello.hello;
  const cookieLength = request.cookie.length / 2;
  return [
    request.version === version
      ? ''
      : `The HelloVerifyRequest says ${versionName(request.version)} and the ClientHello ${versionName(version)}: that negotiates nothing, but some clients take it for a refusal.`,
    cookieLength === 0 ? 'The cookie is empty.' : '',
    cookieLength > DTLS10_COOKIE ? `The cookie has ${cookieLength} bytes; DTLS 1.0 allowed 32.` : '',
    request.sequenceNumber !== hello.sequenceNumber
      ? `Its record number is ${request.sequenceNumber}, not ${hello.sequenceNumber} as in the ClientHello.`
      : '',
  ].filter((reason) => reason !== '');
}
