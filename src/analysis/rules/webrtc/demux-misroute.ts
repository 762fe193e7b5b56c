/** L8: what is no DTLS comes into the handshake, or DTLS 1.3 does not get past a demultiplexer. */
import type { FlowFacts, UdpKind } from '../../surrounding-facts.ts';
import { count, list, milliseconds, otherSender } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { isWebRtc, packetEvidence } from './ice.ts';

export const demuxMisroute: Rule = {
  scope: 'association',
  id: 'demux-misroute',
  group: 'webrtc',
  title: 'Datagrams of other protocols come into the handshake, or DTLS 1.3 is sorted out',
  severity: 'warning',
  rank: 'remark',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 7983 §7', 'RFC 9443 §3', 'RFC 9147 §4'],
  advice:
    'Sort by the first byte before DTLS sees a datagram: 20 to 63 is DTLS, all else is not. Records of DTLS 1.3 begin with 32 to 63, so a test for 20 to 25 is too narrow.',
  alternatives: [
    'The two have nothing to do with each other: then the handshake fails without those datagrams as well.',
    'The encrypted records were lost for their size: then smaller ones get through.',
  ],
  looksLike:
    'A datagram of RTP, STUN or TURN between those of the handshake, and silence or an alert right after it. Or a server flight of DTLS 1.3 of which only the ServerHello has an effect.',
  why: 'WebRTC has several protocols on one port, told apart by the first byte. A stack that gets the wrong ones, or a filter that knows only DTLS 1.2, breaks the handshake.',
  sources: ['dino#1456', 'licode#1672', 'ossrs/ffmpeg-webrtc#71'],
  check: (subject) => (isWebRtc(subject) ? [...foreign(subject), ...onlyServerHello(subject)] : []),
};

const KINDS: readonly (readonly [UdpKind, string])[] = [
  ['rtp', 'RTP'],
  ['rtcp', 'RTCP'],
  ['zrtp', 'ZRTP'],
  ['turn-channel', 'TURN ChannelData'],
  ['other', 'an unknown protocol'],
];
/** The receiver fell silent, or sent its alert, this soon after it. */
const AT_ONCE_MS = 200;
/** What was sent before it came may still be under way. */
const SILENT_MS = 1000;

function foreign(subject: Subject): readonly Match[] {
  const tuple = tupleOf(subject);
  if (!tuple || subject.a.outcome === 'ongoing') return [];
  const { startMs, endMs } = subject.a;
  for (const [kind, name] of KINDS) {
    for (const side of [0, 1] as const) {
      const flow = tuple.udp[kind][side];
      if (!flow || flow.first.timeMs < startMs || flow.first.timeMs > endMs) continue;
      const receiver = side === 0 ? 1 : 0;
      if (!isUpset(subject, receiver, flow)) continue;
      return [match(subject, flow, name, side === 0 ? 'client' : 'server')];
    }
  }
  return [];
}

/** The receiver was heard before, and then only with an alert, or never again. */
function isUpset(subject: Subject, receiver: 0 | 1, { first }: FlowFacts): boolean {
  const own = subject.records.filter((r) => r.side === receiver);
  if (!own.some((r) => r.timeMs <= first.timeMs)) return false;
  const after = own.filter((r) => r.timeMs > first.timeMs);
  const alert = subject.endingAlert;
  if (alert && alert.timeMs > first.timeMs && alert.timeMs - first.timeMs < AT_ONCE_MS)
    return after.some((r) => r.index === alert.record);
  return after.every((r) => r.timeMs - first.timeMs < AT_ONCE_MS) && subject.watched(first.timeMs, SILENT_MS);
}

function match(subject: Subject, flow: FlowFacts, name: string, from: 'client' | 'server'): Match {
  const receiver = otherSender(from);
  const alert = subject.endingAlert;
  const upset = alert?.sender === receiver ? `the ${receiver} ends the handshake` : `the ${receiver} falls silent`;
  return {
    title: `In the middle of the handshake ${name} comes from the ${from}, and ${upset}`,
    explanation: `The ${from} sends ${count(flow.datagrams, 'datagram')} of ${name} on the ports of the handshake, the first ${milliseconds(flow.first.timeMs - subject.a.startMs)} after the ClientHello. After that ${upset}. A stack that hands every datagram to DTLS may stumble over it.`,
    evidence: [
      packetEvidence(flow.first, `The first datagram of ${name}`),
      ...(alert?.sender === receiver ? [subject.evidence(alert.record, `The alert ${alert.name}`)] : []),
    ],
    certainty: 'inferred',
  };
}

const HANDSHAKE_EPOCH_13 = 2;
/** The shortest record with a Finished: a header of 5, 12 + 32 + 1 bytes, a tag of 8. An ACK of two records is shorter. */
const FINISHED_LENGTH = 58;

/** DTLS 1.3: of the server flight, again and again, only what begins with a plaintext record has an effect. */
function onlyServerHello(subject: Subject): readonly Match[] {
  if (!subject.is13 || subject.endingAlert || subject.established) return [];
  const flight = subject.flightWith('ServerHello', 'server');
  if (!flight || flight.transmissions.length < 2) return [];
  const encrypted = subject.records.filter((r) => r.side === 1 && r.epoch === HANDSHAKE_EPOCH_13);
  const [first] = encrypted;
  if (!first || encrypted.some((r) => !beginsDatagram(subject, r) && sharesWithPlaintext(subject, r))) return [];
  // With the ServerHello alone the client can make keys and acknowledge it; a Finished needs the rest.
  if (subject.records.some((r) => r.side === 0 && r.epoch === HANDSHAKE_EPOCH_13 && r.length >= FINISHED_LENGTH))
    return [];
  const bytes = new Set(encrypted.map((r) => firstByte(subject, r)));
  return [
    {
      title: 'The encrypted records of the server have no effect: perhaps a demultiplexer sorts them out',
      explanation: `The server sent its flight ${flight.transmissions.length} times. Its encrypted records begin their datagrams with the bytes ${list([...bytes].map(String))}, and the client acts as if it never got one. Filters for DTLS 1.2 let only 20 to 25 pass.`,
      evidence: [subject.evidence(first.index, `The first encrypted record, first byte ${firstByte(subject, first)}`)],
      certainty: 'inferred',
    },
  ];
}

const firstByte = (subject: Subject, r: RecordFact): number => subject.datagram(r.index).payload[0] ?? 0;
const beginsDatagram = (subject: Subject, r: RecordFact): boolean =>
  subject.trace.records.columns.from.get(r.index) === 0;
const sharesWithPlaintext = (subject: Subject, r: RecordFact): boolean => firstByte(subject, r) < 32;
