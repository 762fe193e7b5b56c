/** G4: the sides do not agree whether a PSK handshake has a ServerKeyExchange, and what is in it. */
import type { Certainty } from '../../story.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const pskHintOrDheConfusion: Rule = {
  scope: 'association',
  id: 'psk-hint-or-dhe-confusion',
  group: 'psk',
  title: 'ServerKeyExchange of a PSK suite is missing, superfluous or of the wrong form',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 4279 §2', 'RFC 4279 §3', 'RFC 5489 §2'],
  advice:
    'Compare the PSK suites of both sides: plain PSK has at most a hint in ServerKeyExchange, ECDHE_PSK and DHE_PSK have key shares. Offer one kind only and try again.',
  alternatives: ['The alert is about another message of the same flight: the log of the client tells.'],
  looksLike:
    'A plain PSK suite with key shares in ServerKeyExchange, an ECDHE_PSK suite without it, or a client that refuses the flight with unexpected_message or insufficient_security.',
  why: 'In plain PSK the server may leave ServerKeyExchange out or send a hint. Some clients expect the one or the other, and some want forward secrecy, which only the other kinds give.',
  sources: ['bc-java#863'],
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'wrong-psk', 'flight-lost-and-recovered'],
  check: confusion,
};

/** unexpected_message, handshake_failure, illegal_parameter, decode_error, insufficient_security. */
const COMPLAINTS: readonly number[] = [10, 40, 47, 50, 71];

function confusion(subject: Subject): readonly Match[] {
  const keyExchange = subject.a.keyExchange;
  if (subject.is13 || !subject.unfinished || !keyExchange?.endsWith('PSK')) return [];
  const suite = subject.a.cipherSuite?.name ?? keyExchange;
  const alert = subject.endingAlert;
  const refused = alert?.sender === 'client' && alert.epoch === 0 && COMPLAINTS.includes(alert.code) ? alert : null;
  const [exchange] = subject.said('ServerKeyExchange', 'server');
  const [done] = subject.said('ServerHelloDone', 'server');
  const end: readonly Evidence[] = refused
    ? [subject.evidence(refused.record, `The client's alert ${refused.name}`)]
    : [];
  const says = refused
    ? ` The client ends the handshake with the alert ${refused.name}.`
    : ' The handshake is not completed.';
  const match = (title: string, explanation: string, where: Evidence, certainty: Certainty): readonly Match[] => [
    { title, explanation: `The server chose ${suite}. ${explanation}${says}`, evidence: [where, ...end], certainty },
  ];
  // Without a ServerHello before it nothing said how to read it.
  const { pskIdentityHint } = exchange?.decoded ?? { pskIdentityHint: null };
  if (keyExchange === 'PSK' && exchange && pskIdentityHint) {
    const hint = pskIdentityHint.length;
    const extra = exchange.message.length - 2 - hint;
    if (extra > 0)
      return match(
        `The server sends key shares with a plain PSK suite`,
        `Its ServerKeyExchange has ${extra} bytes after the identity hint, where a plain PSK suite has none.`,
        subject.evidence(exchange.record, `ServerKeyExchange with ${extra} bytes too many`),
        'seen',
      );
    if (refused)
      return match(
        `The client refuses the server's PSK identity hint`,
        `Its ServerKeyExchange holds an identity hint of ${hint} bytes and nothing else, as RFC 4279 allows.`,
        subject.evidence(exchange.record, 'ServerKeyExchange with a hint'),
        'inferred',
      );
  }
  if (keyExchange === 'PSK' && refused && done)
    return match(
      `The client refuses the plain PSK suite that it had offered itself`,
      'It sends no ServerKeyExchange, as RFC 4279 allows. The client may want a suite with forward secrecy (ECDHE_PSK).',
      subject.evidence(done.record, 'ServerHelloDone without ServerKeyExchange'),
      'inferred',
    );
  const missing = (keyExchange === 'ECDHE_PSK' || keyExchange === 'DHE_PSK') && done && !exchange;
  if (missing && done.message.messageSeq === (subject.said('ServerHello', 'server')[0]?.message.messageSeq ?? -1) + 1)
    return match(
      `The server leaves out the ServerKeyExchange that its suite needs`,
      `With ${keyExchange} the server has to send its key share, and ServerHelloDone follows ServerHello at once.`,
      subject.evidence(done.record, 'ServerHelloDone right after ServerHello'),
      'seen',
    );
  return [];
}
