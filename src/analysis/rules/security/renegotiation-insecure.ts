/** O7: a renegotiation that is not bound to the association before it. */
import { renegotiatedConnection } from '../../../dtls/extensions/accessors.ts';
import type { Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';

export const renegotiationInsecure: Rule = {
  scope: 'association',
  id: 'renegotiation-insecure',
  group: 'security',
  title: 'A renegotiation is not bound to the handshake before it',
  severity: 'security',
  rank: 'proof',
  phase: 'any',
  keys: 'needed',
  citations: ['RFC 5746 §3.5', 'RFC 5746 §3.7', 'RFC 9325 §3.5'],
  advice:
    'Switch renegotiation off, or update the stack to one that has renegotiation_info. DTLS 1.3 has no renegotiation.',
  alternatives: [
    'A hello was changed by something in between that opened the records: then the Finished messages do not fit.',
  ],
  looksLike: 'A ClientHello or ServerHello in epoch 1 or later whose renegotiation_info is missing or empty.',
  why: 'Somebody in the middle can begin an association with the server and splice a client into it by a renegotiation. The extension ties both handshakes together and prevents that.',
  sources: ['tinydtls#99', 'CVE-2009-3555'],
  check: (subject) => (subject.is13 || subject.analysed.handshakes.length < 2 ? [] : unbound(subject)),
};

function unbound(subject: Subject): readonly Match[] {
  const hellos = subject.said('ClientHello', 'client').filter((s) => s.handshake > 1);
  for (const hello of hellos) {
    const answer = subject.said('ServerHello', 'server').find((s) => s.handshake === hello.handshake);
    // Without an answer it was refused, as it should be.
    if (!answer) continue;
    const bad = isUnbound(hello) ? hello : isUnbound(answer) ? answer : null;
    if (!bad) continue;
    const [who, what] = bad === hello ? ['client', 'ClientHello'] : ['server', 'ServerHello'];
    return [
      {
        title: `Renegotiation without protection: the ${what} has no renegotiation_info`,
        explanation: `Handshake ${hello.handshake} of this association renegotiates under the keys of the one before. The ${what} of the ${who} lacks the verify_data of that one, and the ${who === 'client' ? 'server' : 'client'} went on.`,
        evidence: [
          subject.evidence(hello.record, `The ClientHello of handshake ${hello.handshake}`),
          subject.evidence(answer.record, 'The server goes on with it'),
        ],
        certainty: 'seen',
      },
    ];
  }
  return [];
}

/** The extension is missing, or empty as in a first handshake (RFC 5746 §3.5). */
function isUnbound({ decoded }: Said<'ClientHello'> | Said<'ServerHello'>): boolean {
  const verifyData = renegotiatedConnection(decoded.extensions);
  return verifyData === undefined || verifyData.length === 0;
}
