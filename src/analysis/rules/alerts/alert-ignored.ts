/** J2: the peer goes on repeating its flight after a fatal alert. */
import { versionName } from '../../../dtls/registry.ts';
import type { FlightView, TransmissionView } from '../../trace.ts';
import { duration, list, otherSender, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { EndingAlert, Subject } from '../subject.ts';

export const alertIgnored: Rule = {
  scope: 'association',
  id: 'alert-ignored',
  group: 'alerts',
  title: 'One side goes on after the other ended the handshake with an alert',
  severity: 'warning',
  rank: 'remark',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.7', 'RFC 6347 §4.1.2.7', 'RFC 9147 §5.10'],
  advice:
    'Look into the reason of the alert first: this is only what follows. If the alert arrives and is ignored, compare its record version with the one that was negotiated.',
  alternatives: [
    'The alert was lost: nobody repeats an alert, so one loss is enough. A capture at its receiver tells.',
    'Its receiver ignores alerts in the clear, as RFC 6347 §4.1.2.7 allows, to be safe from forged ones.',
    'Its receiver drops it because its record version is not the one expected.',
  ],
  looksLike: 'A fatal alert, and afterwards repeats of a handshake flight by the side that should have received it.',
  why: 'An alert is sent once and never repeated. Whoever does not get it, or does not believe it, waits for an answer and repeats its flight until it gives up.',
  sources: ['openssl#5018'],
  sample: 'wolfssl13-fail-sh-cipher-patched.client.pcap',
  explains: ['gave-up', 'no-close-notify'],
  check: ignored,
};

/** What was under way when the alert was sent still comes; no timer in use is shorter. */
const UNDER_WAY_MS = 40;

function ignored(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (!alert) return [];
  const peer = otherSender(alert.sender);
  for (const flight of subject.flights) {
    if (flight.sender !== peer) continue;
    const repeats = flight.transmissions.filter((t) => t.number > 1 && t.startMs > alert.timeMs + UNDER_WAY_MS);
    const [first] = repeats;
    if (first) return [match(subject, alert, flight, [first, ...repeats.slice(1)])];
  }
  return [];
}

function match(
  subject: Subject,
  alert: EndingAlert,
  flight: FlightView,
  repeats: readonly [TransmissionView, ...TransmissionView[]],
): Match {
  const peer = flight.sender;
  const lost = subject.lostBetweenPoints(alert.record);
  const last = repeats.at(-1) ?? repeats[0];
  const after = repeats.map((t) => duration(t.startMs - alert.timeMs));
  const versions = versionsDiffer(subject, alert, flight);
  const where = lost
    ? `The alert was lost between the two capture points, so the ${peer} knows nothing of it.`
    : subject.surelyCapturedAt(peer)
      ? `The capture was taken at the ${peer}, so the alert arrived and was ignored.`
      : 'From here it cannot be told whether the alert arrived.';
  return {
    title: lost
      ? `The alert ${alert.name} is lost on its way, and the ${peer} goes on repeating flight ${flight.number}`
      : `The ${peer} goes on repeating flight ${flight.number} after the alert ${alert.name}`,
    explanation: `The ${alert.sender} sent the alert ${alert.name}. After that the ${peer} sent flight ${flight.number} again ${times(repeats.length)}, at ${list(after)} from the alert. ${where}${versions ? ` ${versions}` : ''}`,
    evidence: [
      subject.evidence(alert.record, `The alert ${alert.name} of the ${alert.sender}`),
      subject.sentEvidence(repeats[0], `The ${peer} sends flight ${flight.number} again`),
      ...(last === repeats[0] ? [] : [subject.sentEvidence(last, 'The last repeat')]),
    ],
    certainty: lost || subject.surelyCapturedAt(peer) ? 'seen' : 'inferred',
  };
}

/** Old stacks drop a record whose version is not the one they expect. */
function versionsDiffer(subject: Subject, alert: EndingAlert, flight: FlightView): string | null {
  const { version } = subject.trace.records.columns;
  const peers = version[(flight.transmissions[0]?.records[0] ?? 1) - 1];
  const own = version[alert.record];
  if (!own || !peers || own === peers) return null;
  return `The record of the alert has version ${versionName(own)}, those of the ${flight.sender} have ${versionName(peers)}: some stacks drop it for that.`;
}
