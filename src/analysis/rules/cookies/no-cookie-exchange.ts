/** B8: the server answers a ClientHello from an unverified address with much more than it got. */
import { srtpProfiles } from '../../../dtls/extensions/accessors.ts';
import { reachOf } from '../../address-reach.ts';
import type { TransmissionView } from '../../trace.ts';
import { count } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { hellosOf } from './hellos.ts';

export const noCookieExchange: Rule = {
  scope: 'association',
  id: 'no-cookie-exchange',
  group: 'cookies',
  title: 'The server answers unverified addresses with a large flight',
  severity: 'security',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 9147 §5.1', 'RFC 9325 §4'],
  advice: 'Switch the cookie exchange on: HelloVerifyRequest in DTLS 1.2, HelloRetryRequest with a cookie in DTLS 1.3.',
  alternatives: [
    'The address was verified in another way, such as by a protocol before DTLS or by an association just before.',
    'The server asks for cookies only under load: then it does so when many hellos arrive at once.',
  ],
  looksLike:
    'A ServerHello that answers the very first ClientHello, with certificates, in many more bytes than that had.',
  why: 'Anybody can send a ClientHello in the name of somebody else. Without a cookie the server then sends its whole flight to the victim.',
  sources: ['Citrix CTX289674', 'CVE-2022-2576'],
  sample: 'pion12-no-hvr.pcap',
  check: amplification,
};

/** More than this is worth a word, and more than that is of use to an attacker. */
const REMARKABLE = 3;
const DANGEROUS = 5;

function amplification(subject: Subject): readonly Match[] {
  const { hellos, requests, serverHello } = hellosOf(subject);
  const [hello] = hellos;
  if (serverHello === null || requests.length > 0 || hello?.cookie !== '') return [];
  // Its number tells of a HelloVerifyRequest that was not captured.
  const said = subject.said('ServerHello', 'server')[0];
  if (said?.message.messageSeq !== 0) return [];
  const asked = subject.flight(1);
  const answer = subject.flights.find((f) => f.sender === 'server');
  if (!asked || !answer || answer.messages.includes('HelloVerifyRequest') || isVerified(subject)) return [];
  const whole = asked.transmissions.find((t) => t.complete);
  const [got, sent] = [bytesOf(subject, whole), bytesOf(subject, answer.transmissions[0])];
  if (got === null || sent === null || sent < REMARKABLE * got) return [];
  const factor = sent / got;
  const within = [subject.a.client, subject.a.server].every(
    ({ address }) => reachOf(address, subject.trace.given.reach) !== 'public',
  );
  return [
    {
      title: `Without a cookie the server answers ${count(got, 'byte')} with ${sent}: ${factor.toFixed(1)} times as many`,
      explanation: `The first ClientHello came in ${got} bytes, counted with IP headers. The server did not verify the address and answered with ${sent} bytes (${answer.messages.join(
        ', ',
      )}). ${
        within
          ? 'Both addresses are private here, which limits who can abuse it.'
          : 'A forged sender address turns this into an attack on somebody else.'
      }`,
      evidence: [
        subject.evidence(hello.record, `The ClientHello: ${got} bytes, no cookie`),
        subject.evidence(serverHello, `The ServerHello at once; the flight has ${sent} bytes`),
      ],
      certainty: 'seen',
      severity: !within && factor >= DANGEROUS ? 'security' : 'note',
    },
  ];
}

/** Something before DTLS has shown that the client receives at its address, or it was no UDP. */
function isVerified(subject: Subject): boolean {
  const { carriers, replaces } = subject.a;
  // Where media is negotiated, ICE has checked the path (RFC 5763 §5).
  if (subject.clientHello && srtpProfiles(subject.clientHello.extensions).length > 0) return true;
  if (replaces !== null && subject.all.byId(replaces)?.established) return true;
  if (carriers.some((carrier) => /TCP|TURN|STUN|SCTP/.test(carrier))) return true;
  return tupleOf(subject)?.stun != null;
}

const UDP_HEADER = 8;
const IP_HEADER = { 4: 20, 6: 40 } as const;

/** On the wire; null where it did not come in IP packets. */
function bytesOf(subject: Subject, transmission: TransmissionView | undefined): number | null {
  const records = transmission?.records ?? [];
  const { trace } = subject;
  const datagrams = new Set(records.map((r) => trace.records.columns.datagram.get(r - 1)));
  let bytes = 0;
  for (const datagram of datagrams) {
    const version = trace.datagrams.plain(datagram)?.ipVersion ?? trace.datagrams.at(datagram).ip?.version;
    if (version === undefined) return null;
    bytes += trace.datagrams.wireLength(datagram) + UDP_HEADER + IP_HEADER[version];
  }
  return bytes > 0 ? bytes : null;
}
