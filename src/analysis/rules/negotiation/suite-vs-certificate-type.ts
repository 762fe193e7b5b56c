/** C3: what was chosen does not go with the certificate: another kind of key, or a signature the peer does not accept. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { signatureSchemes } from '../../../dtls/extensions/accessors.ts';
import { signatureSchemeName } from '../../../dtls/registry.ts';
import { capital } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { clientHellos, schemesText, serverHello } from './offers.ts';

export const suiteVsCertificateType: Rule = {
  scope: 'association',
  id: 'suite-vs-certificate-type',
  group: 'negotiation',
  title: 'The chosen suite or signature does not fit the certificate',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5246 §7.4.2', 'RFC 5246 §7.4.1.4.1', 'RFC 8422 §5.3'],
  advice:
    'Give the server a certificate of the kind that the suite names, or offer only suites that go with it. Offer signature algorithms for that kind of key.',
  alternatives: [
    'The message was changed on its way, or the endpoint stops for another reason: an alert or its log tells.',
  ],
  looksLike:
    'An ECDSA suite with an RSA certificate or the reverse, or a signature with an algorithm that the other side did not offer.',
  why: 'The name of a suite of DTLS 1.2 says which kind of key signs. Each side also lists the signature algorithms it accepts, and must get no other.',
  sources: ['webrtc-rs/webrtc#808', 'pion/dtls#429', 'pion/dtls#418'],
  explains: ['plaintext-alert', 'alert-ignored', 'gave-up', 'flight-lost-and-recovered', 'renegotiation-info-missing'],
  check: (subject) => (subject.unfinished ? (wrongKey(subject) ?? wrongSignature(subject) ?? []) : []),
};

/** The server's certificate holds another kind of key than the suite says. */
function wrongKey(subject: Subject): readonly Match[] | null {
  const chosen = serverHello(subject);
  const suite = chosen && cipherSuite(chosen.decoded.cipherSuite);
  if (!suite || suite.tls13 || !suite.authentication) return null;
  const sent = subject.said('Certificate', 'server').find((s) => s.handshake === 1);
  const key = sent?.decoded.form === 'x509' ? subject.a.certificates.server[0]?.publicKey : undefined;
  if (!sent || !key || fits(suite.authentication, key)) return null;
  return [
    {
      title: `The server chose a suite for ${suite.authentication} certificates, but its certificate holds ${article(key)}`,
      explanation: `The ServerHello chooses ${suite.name}, whose server signs with ${suite.authentication}. The certificate that follows holds the key ${key}. ${outcome(subject)}`,
      evidence: [
        subject.evidence(chosen.record, `The ServerHello chooses ${suite.name}`),
        subject.evidence(sent.record, `The server's certificate: ${key}`),
        ...ending(subject),
      ],
      certainty: 'seen',
    },
  ];
}

function fits(authentication: string, key: string): boolean {
  if (authentication === 'RSA') return key.startsWith('RSA') || !/^(EC|Ed|DSA)/.test(key);
  // RFC 8422 §5.10: an EdDSA certificate goes with the ECDSA suites.
  if (authentication === 'ECDSA') return !/^(RSA|DSA)/.test(key);
  return true;
}

const article = (key: string): string => (/^(EC|Ed|RSA)/.test(key) ? `an ${key} key` : `the key ${key}`);

/** A signature with an algorithm that its receiver did not list. */
function wrongSignature(subject: Subject): readonly Match[] | null {
  const hello = clientHellos(subject).at(-1);
  const accepted = hello ? signatureSchemes(hello.decoded.extensions) : [];
  const [exchange] = subject.said('ServerKeyExchange', 'server');
  const [verify] = subject.said('CertificateVerify', 'server');
  const signed = exchange ?? verify;
  const scheme = signed?.decoded.signatureScheme ?? null;
  if (hello && signed && scheme !== null && accepted.length > 0 && !accepted.includes(scheme))
    return [notListed(subject, 'server', { scheme, accepted, asked: hello.record, signed: signed.record })];
  const [request] = subject.said('CertificateRequest', 'server');
  const [answer] = subject.said('CertificateVerify', 'client');
  const wanted = request?.decoded.signatureSchemes ?? [];
  const used = answer?.decoded.signatureScheme ?? null;
  if (!request || !answer || used === null || wanted.length === 0 || wanted.includes(used)) return null;
  return [
    notListed(subject, 'client', { scheme: used, accepted: wanted, asked: request.record, signed: answer.record }),
  ];
}

interface Signature {
  readonly scheme: number;
  readonly accepted: readonly number[];
  /** Record that lists what is accepted. */
  readonly asked: number;
  readonly signed: number;
}

function notListed(subject: Subject, who: 'client' | 'server', { scheme, accepted, asked, signed }: Signature): Match {
  const name = signatureSchemeName(scheme);
  const other = who === 'server' ? 'client' : 'server';
  return {
    title: `The ${who} signs with ${name}, which the ${other} did not list`,
    explanation: `The ${other} lists ${schemesText(accepted)}. The ${who} signs with ${name}. ${outcome(subject)}`,
    evidence: [
      subject.evidence(asked, `${capital(`the ${other}`)} accepts ${schemesText(accepted)}`),
      subject.evidence(signed, `The signature of the ${who}: ${name}`),
      ...ending(subject),
    ],
    certainty: 'seen',
  };
}

function outcome({ endingAlert }: Subject): string {
  return endingAlert
    ? `The ${endingAlert.sender} ends the handshake with the alert ${endingAlert.name}.`
    : 'The handshake is not completed.';
}

function ending(subject: Subject): readonly Evidence[] {
  const { endingAlert: alert } = subject;
  return alert ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : [];
}
