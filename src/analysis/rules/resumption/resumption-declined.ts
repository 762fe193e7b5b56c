/** I1: the client offers a session, and the server does a full handshake instead. */
import { hasExtendedMasterSecret, preSharedKey, serverNames } from '../../../dtls/extensions/accessors.ts';
import { isAbbreviated } from '../../flight-parts.ts';
import { list } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type OfferedSession, offeredSession } from './offered-session.ts';

export const resumptionDeclined: Rule = {
  scope: 'association',
  id: 'resumption-declined',
  group: 'resumption',
  title: 'The client offers a session, and the server does a full handshake',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.1.3', 'RFC 5077 §3.4', 'RFC 8446 §4.2.11'],
  advice:
    'If resumption should work: let all nodes behind one address share the ticket keys or the session store. Keep both over a restart, and keep ciphers, server name and extended master secret as they were.',
  alternatives: [
    'The session was too old, or its store was full: the log of the server tells.',
    'The server restarted or another node answered: then it declines every session from before.',
  ],
  looksLike:
    'A ClientHello with a session ID, a ticket or a PSK ticket. The ServerHello does not take it, and Certificate or ServerHelloDone follow.',
  why: 'The server does not know the session or may not use it. It falls back to a full handshake, which costs one round trip and often a certificate chain more.',
  sources: ['Anjay#61'],
  sample: 'openssl-assoc-server-restart.pcap',
  check: declined,
};

function declined(subject: Subject): readonly Match[] {
  const hello = subject.said('ClientHello', 'client').findLast((s) => s.handshake === 1);
  const answer = subject.said('ServerHello', 'server').find((s) => s.handshake === 1 && !s.decoded.isHelloRetryRequest);
  const state = subject.analysed.handshakes[0]?.state;
  if (!hello || !answer || !state) return [];
  const offered = offeredSession(subject, hello.decoded);
  if (!offered) return [];
  if (subject.is13 ? preSharedKey(answer.decoded.extensions) !== undefined : isAbbreviated(state)) return [];
  // Its full handshake has begun; a ServerHello alone does not tell.
  const full = subject.is13 || state.messages.some((m) => m.side === 1 && m.epoch === 0 && FULL.has(m.type));
  if (!full) return [];
  const { from, by } = offered;
  const reasons = reasonsOf(subject, offered);
  return [
    {
      title: `The client offered the session${from ? ` of ${from.a.id}` : ''} by ${by}, and the server did a full handshake`,
      explanation: [
        from
          ? `The ${by} in the ClientHello is that of ${from.a.id}, which began ${span(subject.a.startMs - from.a.startMs)} before.`
          : `The ClientHello has a ${by} from before this capture.`,
        'The server did not take it.',
        reasons.length > 0
          ? `What this capture shows of the reason: ${list(reasons)}.`
          : 'This capture does not show why.',
        costOf(subject, from),
      ]
        .filter(Boolean)
        .join(' '),
      evidence: [
        subject.evidence(hello.record, `The ClientHello offers a session by ${by}`),
        subject.evidence(answer.record, 'The ServerHello does not take it'),
      ],
      certainty: 'seen',
    },
  ];
}

/** Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone. */
const FULL: ReadonlySet<number> = new Set([11, 12, 13, 14]);

function reasonsOf(subject: Subject, { from, lifetimeSeconds }: OfferedSession): string[] {
  const { clientHello } = subject;
  const reasons: string[] = [];
  if (subject.story.relations.some((r) => r.kind === 'server-restart')) reasons.push('the server had lost its state');
  if (!from || !clientHello) return reasons;
  const old = from.serverHello;
  if (old && !clientHello.cipherSuites.includes(old.cipherSuite))
    reasons.push(`the client no longer offers ${from.a.cipherSuite?.name ?? 'the cipher suite of that session'}`);
  if (
    from.a.extendedMasterSecret !== null &&
    from.a.extendedMasterSecret !== hasExtendedMasterSecret(clientHello.extensions)
  )
    reasons.push('one of the two has the extended master secret and the other has not');
  const [name] = serverNames(clientHello.extensions);
  if ((from.a.serverName ?? null) !== (name ?? null)) reasons.push('the server name is another one');
  const ageMs = subject.a.startMs - from.a.startMs;
  if (lifetimeSeconds !== null && ageMs > lifetimeSeconds * 1000)
    reasons.push(`the ticket was valid for ${lifetimeSeconds} s and is older`);
  return reasons;
}

function costOf({ a }: Subject, from: Subject | null): string {
  return a.handshakeMs === null || !from ? '' : `The full handshake took ${span(a.handshakeMs)}.`;
}
