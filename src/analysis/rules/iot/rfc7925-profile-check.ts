/** M1: where a handshake of the Internet of Things departs from its profile. */
import { STATE } from '../../record-table.ts';
import { list } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { isCoap, protocolOf } from './application-protocol.ts';

export const rfc7925ProfileCheck: Rule = {
  scope: 'association',
  id: 'rfc7925-profile-check',
  group: 'iot',
  title: 'The handshake departs from the profile for the Internet of Things',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 7925 §4', 'RFC 7925 §11', 'RFC 7925 §14', 'RFC 7925 §16', 'RFC 7925 §17'],
  advice:
    'Nothing to do if it is meant so. Devices that only know the profile need TLS_PSK_WITH_AES_128_CCM_8 or TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 at the other end.',
  alternatives: ['The two ends are no constrained devices: then the profile does not concern them.'],
  looksLike:
    'CoAP or LwM2M inside, or the port of CoAP over DTLS, with another cipher suite, without server name or extended master secret, or with short timers.',
  why: 'RFC 7925 chooses one small set of DTLS 1.2 for constrained devices, so that they can talk to each other. What is outside of it may be missing in the next device.',
  sample: 'libcoap-gnutls-psk-get.pcap',
  check: departures,
};

const COAPS_PORT = 5684;
/** TLS_PSK_WITH_AES_128_CCM_8 and TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8. */
const PROFILE_SUITES: readonly number[] = [0xc0a8, 0xc0ae];
/** RFC 7925 §11: 9 s, with some room for rounding. */
const PROFILE_TIMER_S = 8;

interface Departure {
  readonly says: string;
  readonly section: string;
  readonly evidence: Evidence;
}

function departures(subject: Subject): readonly Match[] {
  const { a } = subject;
  // The profile is one of DTLS 1.2.
  if (subject.is13 || !subject.established || a.cipherSuite === null) return [];
  const what = whatItIs(subject);
  if (what === null) return [];
  const found = departuresOf(subject);
  const [first, ...others] = found;
  if (!first) return [];
  return [
    {
      title: `The handshake departs from the IoT profile of RFC 7925: ${list(
        found.map((d) => d.says),
        3,
      )}`,
      explanation: `This is ${what}. RFC 7925 recommends other choices for constrained devices: ${list(
        found.map((d) => `${d.says} (${d.section})`),
      )}. The handshake was done all the same.`,
      evidence: [first.evidence, ...others.map((d) => d.evidence)],
      certainty: 'seen',
      citations: [...new Set(found.map((d) => `RFC 7925 ${d.section}`))],
    },
  ];
}

/** By what is inside; the port counts only as long as that stays closed. */
function whatItIs(subject: Subject): string | null {
  const protocol = protocolOf(subject);
  if (isCoap(protocol)) return protocol;
  return subject.a.server.port === COAPS_PORT && !hasOpenData(subject) ? 'on the port of CoAP over DTLS' : null;
}

function hasOpenData({ a, analysed, trace }: Subject): boolean {
  const { state } = trace.records.columns;
  return a.records.decrypted > 0 && analysed.state.applicationRecords.some((r) => state[r.record] === STATE.decrypted);
}

function departuresOf(subject: Subject): readonly Departure[] {
  const { a } = subject;
  const [hello] = subject.said('ServerHello', 'server');
  const [asked] = subject.said('ClientHello', 'client').slice(-1);
  const found: Departure[] = [];
  const add = (says: string, section: string, record: number | undefined): void => {
    if (record !== undefined) found.push({ says, section, evidence: subject.evidence(record, says) });
  };
  if (!PROFILE_SUITES.includes(a.cipherSuite?.id ?? 0)) add(a.cipherSuite?.name ?? '', '§4', hello?.record);
  if (a.extendedMasterSecret === false) add('no extended master secret', '§16', hello?.record);
  if (a.certificates.server.length > 0 && a.serverName === null) add('no server name', '§14', asked?.record);
  const again = subject.handshakes[1]?.flights[0]?.transmissions[0]?.records[0];
  if (subject.handshakes.length > 1 && again !== undefined) add('a renegotiation', '§17', again - 1);
  const timer = a.retransmissions > 0 ? subject.story.timers.client : null;
  const repeat = subject.flights.find((f) => f.sender === 'client' && f.transmissions.length > 1)?.transmissions[1];
  if (timer && timer.initial < PROFILE_TIMER_S)
    add(
      `a first timer of ${Number(timer.initial.toPrecision(2))} s`,
      '§11',
      repeat ? (repeat.records[0] ?? 1) - 1 : undefined,
    );
  return found;
}
