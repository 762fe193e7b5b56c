/** What a record says, field by field: UDP in short, the header, what it carries, and the messages of which it is a part. */

import { decodeApplication, recognise } from '../application/application.ts';
import { asUnfragmented, decodeFragments, HANDSHAKE_HEADER_LENGTH } from '../dtls/fragment.ts';
import { decodeAck } from '../dtls/messages/ack.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { decodeHeartbeat } from '../dtls/messages/heartbeat.ts';
import { decodeHandshakeBody } from '../dtls/messages/index.ts';
import { decodeReturnRoutabilityCheck } from '../dtls/messages/return-routability-check.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { handshakeTypeName } from '../dtls/registry.ts';
import { type BufferId, ByteReader, type FieldSink, type Problem } from '../wire/reader.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import { bytesOf, passingPlaceOf, type RecordContent, RecordReading } from './record-content.ts';
import { recordFacts } from './record-views.ts';
import type { RecordFacts } from './trace.ts';

/** A record whose fields went to a sink of the caller's. */
export interface DecodedRecord<Sink> {
  readonly facts: RecordFacts;
  readonly fields: Sink;
  /** As sentences. */
  readonly problems: readonly string[];
}

/** The fields of one record among many, without the buffers in which they lie. */
export function decodedRecord<Sink extends FieldSink>(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  record: number,
  fields: Sink,
): DecodedRecord<Sink> {
  const reading = new RecordReading(trace, association, record, passingPlaceOf);
  const problems: Problem[] = [];
  tellRecord(reading, fields, problems);
  for (const part of messagesIn(reading)) tellMessage(part, fields, problems);
  return { facts: recordFacts(trace, association, record), fields, problems: problems.map(problemSentence) };
}

/** All but the messages of which it carries a part. */
export function tellRecord(reading: RecordReading, sink: FieldSink, problems: Problem[]): void {
  tellUdp(reading, sink);
  reading.tell(sink, problems);
  if (reading.content) tellContent(reading.content, sink, problems);
}

const UDP_HEADER = 8;

function tellUdp({ trace, record, place: { payloadAt, onePacket } }: RecordReading, sink: FieldSink): void {
  const at = { buffer: 'packet', from: onePacket ? Math.max(0, payloadAt - UDP_HEADER) : 0, to: payloadAt } as const;
  sink.open('UDP', at);
  sink.close(at, sink.wordless ? null : udpWords(trace, record));
}

function udpWords(trace: AnalysedTrace, record: number): string {
  const datagram = trace.datagramOf(record);
  const { payload, transit } = datagram;
  const { source, destination } = transit?.seen ?? datagram;
  const name = ({ address, port }: { address: string; port: number }) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `${name(source)} → ${name(destination)}, ${payload.length} bytes`;
}

function tellContent(content: RecordContent, sink: FieldSink, problems: Problem[]): void {
  const reader = new ByteReader(content.buffer, content.bytes, sink, content.from, content.to, problems);
  switch (content.contentType) {
    case CONTENT_TYPE.handshake:
      decodeFragments(reader);
      break;
    case CONTENT_TYPE.alert:
      reader.group('alert', () => decodeAlert(reader));
      break;
    case CONTENT_TYPE.changeCipherSpec:
      reader.group('change_cipher_spec', () => reader.uint8('type'));
      reader.finish('change_cipher_spec');
      break;
    case CONTENT_TYPE.heartbeat:
      reader.group('heartbeat', () => decodeHeartbeat(reader));
      break;
    case CONTENT_TYPE.ack:
      reader.group('ACK', () => decodeAck(reader));
      break;
    case CONTENT_TYPE.returnRoutabilityCheck:
      reader.group('return_routability_check', () => decodeReturnRoutabilityCheck(reader));
      break;
    case CONTENT_TYPE.applicationData: {
      const recognised = recognise(bytesOf(content));
      if (recognised) decodeApplication(recognised.protocol, reader);
      else reader.opaque('application_data', reader.remaining);
      break;
    }
    default:
      reader.opaque('content', reader.remaining);
  }
}

/** A complete message of which a record carries a part. */
export interface CarriedMessage {
  readonly state: HandshakeState;
  readonly message: MessageInstance;
  readonly buffer: BufferId;
  /** With its header, as if it had never been fragmented. */
  readonly bytes: Uint8Array;
}

export function messagesIn({ association, record, content }: RecordReading): readonly CarriedMessage[] {
  if (content?.contentType !== CONTENT_TYPE.handshake) return [];
  const found: CarriedMessage[] = [];
  for (const { state } of association.handshakes) {
    for (const message of state.messages) {
      const { type, messageSeq, assembly, appearances } = message;
      if (!assembly.complete || !appearances.some((a) => a.record === record)) continue;
      const buffer: BufferId = found.length === 0 ? 'message' : `message-${found.length + 1}`;
      found.push({ state, message, buffer, bytes: asUnfragmented(type, messageSeq, assembly.body()) });
    }
  }
  return found;
}

export function tellMessage(
  { state, message, buffer, bytes }: CarriedMessage,
  sink: FieldSink,
  problems: Problem[],
): void {
  const { type, messageSeq, length, side } = message;
  const reader = new ByteReader(buffer, bytes, sink, HANDSHAKE_HEADER_LENGTH, bytes.length, problems);
  reader.group(
    handshakeTypeName(type),
    () => decodeHandshakeBody(type, reader, state.context(side)),
    () => `message_seq ${messageSeq}, ${length} bytes`,
  );
}

export function problemSentence(problem: Problem): string {
  switch (problem.kind) {
    case 'truncated':
      return `${problem.field} needs ${problem.missing} more bytes than there are.`;
    case 'trailing':
      return `${problem.at.to - problem.at.from} bytes are left over after ${problem.field}.`;
    case 'illegal':
      return `${problem.field}: ${problem.why}.`;
  }
}
