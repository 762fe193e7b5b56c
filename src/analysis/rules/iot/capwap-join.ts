/** M9: an access point that cannot join its controller (CAPWAP). */
import { times } from '../../words.ts';
import { CERTIFICATE_ALERTS, day, rejectedCertificate, shortName } from '../certificates/sent-certificates.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const capwapJoin: Rule = {
  scope: 'association',
  id: 'capwap-join',
  group: 'iot',
  title: 'An access point cannot join its controller',
  severity: 'note',
  rank: 'remark',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 5415 §4.2', 'RFC 5415 §2.4.4'],
  advice:
    'For a refused certificate, look at the dates of the certificate that the maker put in, and at the clock of the controller. For silence, check that both put the CAPWAP DTLS header before DTLS.',
  alternatives: [
    'The port belongs to something else here: the port alone is only a hint.',
    'The controller does not know the access point: its log tells.',
  ],
  looksLike:
    'DTLS on the ports 5246 or 5247 that ends in an alert about a certificate, or plain DTLS on them that nobody answers.',
  why: 'CAPWAP puts a header of four bytes before DTLS, and certificates that makers built in years ago expire. Either keeps an access point out.',
  sources: ['Cisco FN-63942'],
  check: join,
};

const PORTS: readonly number[] = [5246, 5247];
const MANY = 2;

function join(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.carriers.some((c) => /CAPWAP/.test(c))) return refused(subject);
  return PORTS.includes(a.server.port) ? headerless(subject) : [];
}

/** Hangs under the finding about the certificate, and says what it means for an access point. */
function refused(subject: Subject): readonly Match[] {
  const rejected = rejectedCertificate(subject);
  if (!rejected || !CERTIFICATE_ALERTS.includes(rejected.alert.code)) return [];
  const { alert, owner, sent, chain } = rejected;
  const [leaf] = chain;
  return [
    {
      title: `The access point cannot join: the ${alert.sender} refuses the certificate of the ${owner} with ${alert.name}`,
      explanation: `This is the DTLS of CAPWAP, between an access point and its controller. ${
        leaf
          ? `The certificate for ${shortName(leaf.subject)} is valid from ${day(leaf.notBefore)} to ${day(leaf.notAfter)}. `
          : ''
      }Certificates that makers put into access points expire after ten years or so, and then the access point tries again and again.`,
      evidence: [
        subject.evidence(sent.record, `The certificate of the ${owner}`),
        subject.evidence(alert.record, `The alert ${alert.name}`),
      ],
      certainty: 'near-certain',
    },
  ];
}

/** Plain DTLS where CAPWAP has a header before it. */
function headerless(subject: Subject): readonly Match[] {
  const hello = subject.flight(1);
  if (hello?.sender !== 'client' || hello.transmissions.length < MANY || subject.sorted.hasFrom(1)) return [];
  const [first] = hello.transmissions;
  if (!first) return [];
  return [
    {
      title: `If this is CAPWAP: the header before DTLS is missing on port ${subject.a.server.port}, so nobody answers`,
      explanation: `The ClientHello was sent ${times(hello.transmissions.length)} to port ${subject.a.server.port}, which is that of CAPWAP, and never answered. CAPWAP wants four bytes before each DTLS record: a preamble of type 1 and three reserved bytes. Here the datagrams begin with DTLS.`,
      evidence: [subject.sentEvidence(first, 'A ClientHello without the header')],
      certainty: 'inferred',
    },
  ];
}
