/** D7: a certificate flight that is unusually large. */
import type { FlightView, Sender } from '../../trace.ts';
import { count, list, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { certificateOf } from './sent-certificates.ts';

export const chainTooBig: Rule = {
  scope: 'association',
  id: 'chain-too-big',
  group: 'certificates',
  title: 'The certificate flight is unusually large',
  severity: 'warning',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §5.8.3', 'RFC 6347 §4.2.3'],
  advice:
    'Send fewer and smaller certificates: no root, no unneeded intermediate, ECDSA keys instead of RSA. Or raise the buffer of the receiver.',
  alternatives: [
    'The size is no obstacle here, and the flight fails or repeats for another reason: see the other findings.',
  ],
  looksLike: 'A Certificate message of more than 4 kB, or more than 10 records in a flight with certificates.',
  why: 'Each fragment has to arrive, and one that is lost costs a whole repeat. Small devices have buffers of 4 or 8 kB, and drop or refuse what is larger.',
  sources: ['janus-gateway#252', 'mediasoup#1100', 'esp-idf#19107'],
  sample: 'openssl-bigchain-mtu256.pcap',
  explains: ['plaintext-alert'],
  check: bigChain,
};

const MANY_BYTES = 4096;
/** RFC 9147 §5.8.3: no more than that in flight at once. */
const MANY_RECORDS = 10;
/** decode_error is not among them: it has other causes. record_overflow, illegal_parameter, internal_error. */
const TOO_LARGE_ALERTS: readonly number[] = [22, 47, 80];

function bigChain(subject: Subject): readonly Match[] {
  return (['server', 'client'] as const).flatMap((sender) => {
    const sent = subject.a.certificates[sender].length > 0 ? certificateOf(subject, sender) : undefined;
    if (!sent) return [];
    const flight = subject.flightWith('Certificate', sender);
    const records = flight?.transmissions[0]?.records.length ?? 0;
    const { length } = sent.message;
    if (length <= MANY_BYTES && records <= MANY_RECORDS) return [];
    const alert = subject.endingAlert;
    const refused = alert !== null && alert.sender !== sender && TOO_LARGE_ALERTS.includes(alert.code);
    const repeats = (flight?.transmissions.length ?? 1) - 1;
    const evidence: readonly [Evidence, ...Evidence[]] = [
      subject.evidence(sent.record, `The Certificate message of ${count(length, 'byte')} is complete`),
      ...(refused ? [subject.evidence(alert.record, `The ${alert.sender}'s alert ${alert.name}`)] : []),
    ];
    return [
      {
        severity: refused ? 'failure' : subject.unfinished ? 'warning' : 'note',
        title: `The ${sender}'s certificates take ${count(length, 'byte')} and its flight ${count(records, 'record')}`,
        explanation: `${contents(subject, sender)} The flight takes ${count(records, 'record')} at first${
          repeats > 0 ? `, and was repeated ${times(repeats)}` : ''
        }. ${limits(length, flight, refused ? alert.name : null)}`,
        evidence,
        certainty: refused ? 'near-certain' : 'seen',
      } satisfies Match,
    ];
  });
}

function contents(subject: Subject, sender: Sender): string {
  const chain = subject.a.certificates[sender];
  const keys = [...new Set(chain.map((c) => c.publicKey))];
  return `The ${sender} sends ${count(chain.length, 'certificate')} (keys: ${list(keys, 3)}).`;
}

function limits(length: number, flight: FlightView | undefined, alert: string | null): string {
  if (alert) return `The other side refuses it with the alert ${alert}.`;
  if (length > 8192) return 'Californium reads messages of up to 8192 bytes by default, Mbed TLS of up to 16384.';
  return (flight?.transmissions.length ?? 0) > 1
    ? 'The more datagrams a flight has, the likelier it is that one of them is lost.'
    : 'All of it arrived here: it costs time, and room in the receiver.';
}
