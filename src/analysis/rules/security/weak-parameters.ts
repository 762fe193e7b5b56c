/** O1: what was agreed on is weaker than it has to be. The extended master secret has a rule of its own. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { groupName, signatureSchemeName, VERSION } from '../../../dtls/registry.ts';
import { list } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';

export const weakParameters: Rule = {
  scope: 'association',
  id: 'weak-parameters',
  group: 'security',
  title: 'The handshake agreed on weak parameters',
  severity: 'security',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 9325 §3', 'RFC 9325 §4', 'RFC 8996', 'RFC 7366'],
  advice:
    'Offer and accept DTLS 1.2 or 1.3 with AEAD suites and (EC)DHE only. Take keys of at least 2048 bits for RSA and DH, or 224 bits for curves, and no SHA-1.',
  alternatives: [
    'One side is too old for anything better: its ClientHello, or what else the server accepts, tells.',
    'It is meant so: a test, or a network that protects the traffic itself.',
  ],
  looksLike:
    'A ServerHello with DTLS 1.0, a suite without encryption or authentication, static RSA, CBC without encrypt_then_mac, or a short key in Certificate or ServerKeyExchange.',
  why: 'The server picks from what the client offers. If the list holds old suites and versions, one of them may be chosen, by mistake or because an attacker asked for it.',
  sample: 'openssl-anon-ecdh-aes128-sha.pcap',
  check: (subject) => {
    const found = weaknesses(subject);
    const [first] = found;
    return first ? [match(subject, found, first)] : [];
  },
};

interface Weakness {
  /** As the title lists it. */
  readonly name: string;
  /** A whole sentence. */
  readonly says: string;
  readonly evidence: Evidence;
}

const LEAST_BITS = 2048;
const LEAST_PRIME_BYTES = 256;

/** Worst first. */
function weaknesses(subject: Subject): readonly Weakness[] {
  const hello = subject.said('ServerHello', 'server').find((s) => s.handshake === 1 && !s.decoded.isHelloRetryRequest);
  if (!hello) return [];
  const chosen = subject.evidence(hello.record, 'The ServerHello');
  return [
    ...ofSuite(hello.decoded.cipherSuite, subject.a.encryptThenMac).map((w) => ({ ...w, evidence: chosen })),
    ...ofVersion(subject).map((w) => ({ ...w, evidence: chosen })),
    ...ofCertificates(subject),
    ...ofKeyExchange(subject),
  ];
}

type Named = Omit<Weakness, 'evidence'>;

function ofSuite(id: number, encryptThenMac: boolean | null): Named[] {
  const suite = cipherSuite(id);
  if (!suite || suite.tls13) return [];
  const { name, authentication, keyExchange } = suite;
  const found: Named[] = [];
  if (/_NULL_|WITH_NULL/.test(name)) found.push({ name: 'no encryption', says: `${name} encrypts nothing.` });
  if (authentication === 'anon')
    found.push({
      name: 'no authentication',
      says: `${name} proves nobody's identity: anybody in between can take both parts.`,
    });
  const cipher = /EXPORT|RC4|RC2|3DES|DES40|_DES_|IDEA|SEED/.exec(name)?.[0].replaceAll('_', '');
  if (cipher) found.push({ name: `the broken cipher ${cipher}`, says: `${name} uses ${cipher}, which can be broken.` });
  if (['RSA', 'DH', 'ECDH'].includes(keyExchange))
    found.push({
      name: `static ${keyExchange} key exchange`,
      says: `With ${name}, whoever ever gets the server's private key can read this recording: there is no forward secrecy.`,
    });
  if (/_CBC_/.test(name) && encryptThenMac === false)
    found.push({
      name: 'CBC without encrypt_then_mac',
      says: `${name} checks records only after it decrypted them, which has let attackers guess their content; encrypt_then_mac was not agreed on.`,
    });
  return found;
}

function ofVersion({ a }: Subject): Named[] {
  return a.version === 'DTLS 1.0' || a.version === 'DTLS 0.9'
    ? [{ name: a.version, says: `${a.version} rests on MD5 and SHA-1, and RFC 8996 retires it.` }]
    : [];
}

function ofCertificates(subject: Subject): Weakness[] {
  for (const sender of ['server', 'client'] as const) {
    const [leaf] = subject.a.certificates[sender];
    const sent = leaf && subject.said('Certificate', sender)[0];
    if (!leaf || !sent) continue;
    const evidence = subject.evidence(sent.record, `The ${sender}'s certificate: ${leaf.publicKey}`);
    const bits = Number(/^(?:RSA|DSA) (\d+)$/.exec(leaf.publicKey)?.[1] ?? LEAST_BITS);
    if (bits < LEAST_BITS)
      return [
        {
          name: `a key of ${bits} bits`,
          says: `The ${sender}'s certificate has an ${leaf.publicKey} key, and ${LEAST_BITS} bits are the least.`,
          evidence,
        },
      ];
    // Nobody checks the signature that a certificate has from itself.
    if (!leaf.selfIssued && /sha-?1|md5/i.test(leaf.signatureAlgorithm ?? ''))
      return [
        {
          name: `a certificate signed with ${leaf.signatureAlgorithm}`,
          says: `The ${sender}'s certificate was signed with ${leaf.signatureAlgorithm}: another one with the same signature can be made.`,
          evidence,
        },
      ];
  }
  return [];
}

/** Curves of less than 224 bits (RFC 8422 §5.1.1 keeps none of them). */
const SMALL_CURVES = /^sec[pt]1\d\d/;
const SHA1_SCHEMES: ReadonlySet<number> = new Set([0x0201, 0x0202, 0x0203, 0x0101, 0x0102, 0x0103]);

function ofKeyExchange(subject: Subject): Weakness[] {
  const exchange = subject.said('ServerKeyExchange', 'server').find((s) => s.handshake === 1);
  return exchange ? inExchange(subject, exchange) : [];
}

function inExchange(subject: Subject, { decoded, record }: Said<'ServerKeyExchange'>): Weakness[] {
  const { primeLengthBytes, group, signatureScheme } = decoded;
  const evidence = subject.evidence(record, 'The ServerKeyExchange');
  const found: Weakness[] = [];
  if (primeLengthBytes !== null && primeLengthBytes < LEAST_PRIME_BYTES)
    found.push({
      name: `a group of ${primeLengthBytes * 8} bits`,
      says: `The Diffie-Hellman group has ${primeLengthBytes * 8} bits, and ${LEAST_BITS} are the least.`,
      evidence,
    });
  if (group !== null && SMALL_CURVES.test(groupName(group)))
    found.push({
      name: `the curve ${groupName(group)}`,
      says: `The curve ${groupName(group)} is too small.`,
      evidence,
    });
  if (signatureScheme !== null && SHA1_SCHEMES.has(signatureScheme) && subject.a.version !== 'DTLS 1.0')
    found.push({
      name: `the signature ${signatureSchemeName(signatureScheme)}`,
      says: `The server signed its key with ${signatureSchemeName(signatureScheme)}, whose hash can be made to collide.`,
      evidence,
    });
  return found;
}

function match(subject: Subject, found: readonly Weakness[], first: Weakness): Match {
  const evidence = [...new Map(found.map((w) => [w.evidence.record, w.evidence])).values()];
  return {
    title: `Weak parameters were agreed on: ${list(
      found.map((w) => w.name),
      4,
    )}`,
    explanation: `${found.map((w) => w.says).join(' ')}${offersBetter(subject)}`,
    evidence: [evidence[0] ?? first.evidence, ...evidence.slice(1)],
    certainty: 'seen',
  };
}

/** What the client itself would have taken. */
function offersBetter(subject: Subject): string {
  const hello = subject.clientHello;
  if (!hello || hello.version === VERSION.dtls10) return '';
  const better = hello.cipherSuites.map(cipherSuite).filter((s) => s && !s.tls13 && s.protection?.kind === 'aead');
  const strong = better.find((s) => s && /^(ECDHE|DHE)/.test(s.keyExchange));
  return strong && strong.id !== subject.a.cipherSuite?.id ? ` The client offers ${strong.name} as well.` : '';
}
