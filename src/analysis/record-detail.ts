/** Everything about one record: the field tree with byte ranges, and the buffers that those ranges count in. */

import { decodeApplication, recognise } from '../application/application.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { asUnfragmented, decodeFragments, HANDSHAKE_HEADER_LENGTH } from '../dtls/fragment.ts';
import { decodeAck } from '../dtls/messages/ack.ts';
import { decodeAlert } from '../dtls/messages/alert.ts';
import { decodeHeartbeat } from '../dtls/messages/heartbeat.ts';
import { decodeHandshakeBody } from '../dtls/messages/index.ts';
import { decodeReturnRoutabilityCheck } from '../dtls/messages/return-routability-check.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { handshakeTypeName } from '../dtls/registry.ts';
import { type Field, FieldTree } from '../wire/fields.ts';
import { type BufferId, ByteReader, type Problem } from '../wire/reader.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { messageViews } from './flight-views.ts';
import type { HandshakeState, MessageInstance } from './handshake-state.ts';
import { contentOf, placeOf, type RecordContent, readRecord } from './record-content.ts';
import { recordView } from './record-views.ts';
import type { DetailBuffer, RecordDetail } from './trace.ts';
import { type Verification, verificationOf } from './verification.ts';

export function recordDetail(trace: AnalysedTrace, association: AnalysedAssociation, record: number): RecordDetail {
  const view = recordView(trace, association, record, messageViews(trace, association).indexOf);
  const problems: Problem[] = [];
  const place = placeOf(trace, record);
  const title = place.onePacket ? `packet ${view.packet}` : `UDP payload of packets ${view.packets.join(', ')}`;
  const buffers: DetailBuffer[] = [{ id: 'packet', title, bytes: place.bytes, base: place.base, pieces: [] }];
  const header = new FieldTree();
  readRecord(trace, association, record, header, problems);
  const fields: Field[] = [udpField(trace, record), ...header.fields];
  const content = contentOf(trace, association, record);
  if (content) {
    if (content.buffer === 'plaintext') {
      buffers.push({
        id: 'plaintext',
        title: `${cipherTitle(association, view.epoch)}, ${content.bytes.length} bytes`,
        bytes: content.bytes,
        base: 0,
        pieces: [],
      });
    }
    fields.push(...contentFields(content, problems));
    if (content.contentType === CONTENT_TYPE.handshake) {
      for (const { state, message } of messagesIn(association, record))
        fields.push(...messageFields(trace, association, state, message, buffers, problems));
    }
  }
  return { record: view, fields, buffers, problems: problems.map((p) => ({ message: problemSentence(p), at: p.at })) };
}

const UDP_HEADER = 8;

function udpField(trace: AnalysedTrace, record: number): Field {
  const datagram = trace.datagramOf(record);
  const { payload, transit } = datagram;
  const { source, destination } = transit?.seen ?? datagram;
  const { payloadAt, onePacket } = placeOf(trace, record);
  const at = { buffer: 'packet', from: onePacket ? Math.max(0, payloadAt - UDP_HEADER) : 0, to: payloadAt } as const;
  const name = ({ address, port }: { address: string; port: number }) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return {
    name: 'UDP',
    at,
    value: null,
    meaning: `${name(source)} → ${name(destination)}, ${payload.length} bytes`,
    children: [],
  };
}

/** "AES-128-GCM": what the suite protects records with. In DTLS 1.3 one handshake serves all epochs. */
function cipherTitle({ state }: AnalysedAssociation, epoch: number): string {
  const { handshakes } = state;
  const hello = (handshakes.find((h) => h.number === epoch) ?? handshakes.findLast((h) => h.serverHello))?.serverHello;
  const name = hello ? cipherSuite(hello.cipherSuite)?.name : undefined;
  const cipher = name?.replace(/^(.*_WITH|TLS)_/, '').replaceAll('_', '-');
  // The hash of an AEAD suite has no part in its records.
  return cipher?.replace(/^(.*-(?:GCM|CCM|CCM-8|POLY1305))-SHA\d+$/, '$1') ?? 'decrypted';
}

function contentFields(content: RecordContent, problems: Problem[]): readonly Field[] {
  const tree = new FieldTree();
  const reader = new ByteReader(content.buffer, content.bytes, tree, content.from, content.to, problems);
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
      const recognised = recognise(content.bytes.subarray(content.from, content.to));
      if (recognised) decodeApplication(recognised.protocol, reader);
      else reader.opaque('application_data', reader.remaining);
      break;
    }
    default:
      reader.opaque('content', reader.remaining);
  }
  return tree.fields;
}

/** The complete messages of which this record carries a part. */
function messagesIn(
  association: AnalysedAssociation,
  record: number,
): { state: HandshakeState; message: MessageInstance }[] {
  return association.handshakes.flatMap(({ state }) =>
    state.messages
      .filter((m) => m.assembly.complete && m.appearances.some((a) => a.record === record))
      .map((message) => ({ state, message })),
  );
}

function messageFields(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  state: HandshakeState,
  message: MessageInstance,
  buffers: DetailBuffer[],
  problems: Problem[],
): readonly Field[] {
  const { type, messageSeq, length, assembly, side } = message;
  const earlier = buffers.filter((b) => b.id.startsWith('message')).length;
  const id: BufferId = earlier === 0 ? 'message' : `message-${earlier + 1}`;
  const bytes = asUnfragmented(type, messageSeq, assembly.body());
  const name = handshakeTypeName(type);
  buffers.push({
    id,
    title: `${name}, message_seq ${messageSeq}, ${length} bytes`,
    bytes,
    base: 0,
    pieces: wirePieces(trace, association, message),
  });
  const tree = new FieldTree();
  const reader = new ByteReader(id, bytes, tree, HANDSHAKE_HEADER_LENGTH, bytes.length, problems);
  reader.group(
    name,
    () => decodeHandshakeBody(type, reader, state.context(side)),
    () => `message_seq ${messageSeq}, ${length} bytes`,
  );
  return marked(tree.fields, verificationOf(association.state, state, message));
}

/** The field that was checked, and what came of it. */
const CHECKED_FIELD: Readonly<Record<Verification['what'], string>> = {
  'PSK binder': 'binders',
  Finished: 'verify_data',
  ServerKeyExchange: 'signature',
  CertificateVerify: 'signature',
  'certificate chain': 'certificate_list',
};

const SAID: Readonly<Record<Verification['verdict'], string>> = {
  valid: 'valid, recomputed',
  invalid: 'INVALID: something else was computed',
  'not-checkable': 'could not be checked',
};

function marked(fields: readonly Field[], verification: Verification | null): readonly Field[] {
  if (!verification) return fields;
  const name = CHECKED_FIELD[verification.what];
  return fields.map((field) =>
    field.name === name
      ? { ...field, meaning: SAID[verification.verdict] }
      : { ...field, children: marked(field.children, verification) },
  );
}

/** Where each byte of the message travelled first. */
function wirePieces(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  message: MessageInstance,
): DetailBuffer['pieces'] {
  return message.assembly.pieces.flatMap(({ from, bytes, record }) => {
    const content = contentOf(trace, association, record);
    if (!content) return [];
    const reader = new ByteReader(content.buffer, content.bytes, undefined, content.from, content.to);
    const carrier = decodeFragments(reader).find(
      (f) =>
        f.msgType === message.type &&
        f.messageSeq === message.messageSeq &&
        f.fragmentOffset <= from &&
        from + bytes.length <= f.fragmentOffset + f.body.length,
    );
    if (!carrier) return [];
    const there = carrier.at.to - carrier.body.length + from - carrier.fragmentOffset;
    return [
      { from: HANDSHAKE_HEADER_LENGTH + from, length: bytes.length, record: record + 1, of: content.buffer, there },
    ];
  });
}

function problemSentence(problem: Problem): string {
  switch (problem.kind) {
    case 'truncated':
      return `${problem.field} needs ${problem.missing} more bytes than there are.`;
    case 'trailing':
      return `${problem.at.to - problem.at.from} bytes are left over after ${problem.field}.`;
    case 'illegal':
      return `${problem.field}: ${problem.why}.`;
  }
}
