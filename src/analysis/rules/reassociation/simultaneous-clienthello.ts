/** H6: both ends act as the client of the same pair of ports. */
import { endpointText } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { span } from './time-words.ts';

export const simultaneousClientHello: Rule = {
  scope: 'association',
  id: 'simultaneous-clienthello',
  group: 'reassociation',
  title: 'Both ends sent a ClientHello: both want to be the client',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5763 §5', 'RFC 8842 §5', 'RFC 6347 §4.2.1'],
  advice:
    'Give the two ends different roles. In WebRTC one side must have a=setup:active in its SDP and the other a=setup:passive. Peers without signalling need a rule for a tie, such as the lower address becomes client.',
  alternatives: [
    'One end opened late, for an attempt that the other had given up: then the two ClientHellos are far apart in time.',
    'A middlebox reflects datagrams to their sender: then both ClientHellos have the same random.',
  ],
  looksLike:
    'A ClientHello in each direction between the same two ports, and neither answers the other. Often both ends send the alert unexpected_message, or both stay silent.',
  why: 'Who sends the ClientHello is the client and cannot serve the other. In WebRTC the roles come from a=setup in SDP: a wrong or altered answer makes both ends active.',
  sources: ['diago#174', 'janus#3020', 'aiortc#223'],
  sample: 'glare-firefox-both-active.offerer.pcap',
  explains: [
    'plaintext-alert',
    'alert-ignored',
    'no-answer-to-clienthello',
    'gave-up',
    'one-way-downlink-dead',
    'both-active',
    'fragmented-clienthello-ignored',
    'encrypted-alert-ended-it',
    'version-mismatch',
  ],
  check: bothHello,
};

function bothHello(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (!a.rolesKnown) return [];
  const relation = subject.story.relations.find((r) => r.kind === 'simultaneous');
  const other = subject.all.byId(relation?.with ?? null);
  if (!relation || !other) return [];
  const [mine, theirs] = [subject.analysed.state.records[0], other.analysed.state.records[0]];
  if (mine === undefined || theirs === undefined) return [];
  // Once one of the two was done, the other attempt is only a leftover; and a capture may end before either is.
  const resolved = subject.established || other.established;
  if (!resolved && !bothCameToNothing(subject, other)) return [];
  const apartMs = Math.abs(other.a.startMs - a.startMs);
  const stun = tupleOf(subject)?.stun ?? null;
  const alerts = [subject, other].flatMap((s) => s.endingAlert ?? []);
  const outcome = resolved
    ? subject.established && other.established
      ? 'Both handshakes were done: there are two associations on this pair of ports, one each way.'
      : `The tie was broken: only ${subject.established ? a.id : other.a.id} was done.`
    : alerts.length > 0
      ? `${alerts.length === 2 ? 'Both ends' : 'One end'} answered the ClientHello with the alert ${alerts[0]?.name}.`
      : 'Neither answered the other.';
  return [
    {
      title: resolved
        ? `Both ends sent a ClientHello, ${span(apartMs)} apart, and it was resolved`
        : 'Both ends sent a ClientHello and neither took the part of the server',
      explanation: `${endpointText(a.client)} and ${endpointText(a.server)} each sent a ClientHello to the other, ${span(apartMs)} apart, and neither was an answer. ${outcome}${
        stun ? ' STUN checks between these ports show that this is WebRTC or the like: the roles come from SDP.' : ''
      }`,
      evidence: [
        subject.evidence(mine, `The ClientHello of ${endpointText(a.client)} (${a.id})`),
        subject.evidence(theirs, `The ClientHello of ${endpointText(other.a.client)} (${other.a.id})`),
        ...alerts.map((alert) => subject.evidence(alert.record, `The alert ${alert.name}`)),
      ],
      certainty: relation.certainty === 'inferred' ? 'inferred' : 'seen',
      ...(resolved ? { severity: 'note', advice: 'Nothing to do: the two ends came to terms.' } : {}),
    },
  ];
}

/** A side that is left alone this long is not being served. */
const LEFT_ALONE_MS = 3000;

function bothCameToNothing(one: Subject, other: Subject): boolean {
  if (failed(one) && failed(other)) return true;
  if (one.endingAlert || other.endingAlert) return true;
  const lastHelloMs = Math.max(one.a.startMs, other.a.startMs);
  return (failed(one) || failed(other)) && one.watched(lastHelloMs, LEFT_ALONE_MS);
}

/** Ended by an alert, or repeated without an answer. */
function failed({ a, flights }: Subject): boolean {
  return a.outcome === 'failed' || (a.outcome === 'incomplete' && (flights[0]?.transmissions.length ?? 0) > 1);
}
