/** Everything about one record: the field tree with byte ranges, and the buffers that those ranges count in. */

import { cipherSuite } from '../crypto/suites.ts';
import { decodeFragments, HANDSHAKE_HEADER_LENGTH } from '../dtls/fragment.ts';
import { handshakeTypeName } from '../dtls/registry.ts';
import { type Field, FieldTree } from '../wire/fields.ts';
import { ByteReader, type Problem } from '../wire/reader.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { messageViews } from './flight-views.ts';
import type { MessageInstance } from './handshake-state.ts';
import { contentOf, RecordReading } from './record-content.ts';
import { messagesIn, problemSentence, tellMessage, tellRecord } from './record-fields.ts';
import { viewOf } from './record-views.ts';
import type { DetailBuffer, RecordDetail } from './trace.ts';
import { type Verification, verificationOf } from './verification.ts';

export function recordDetail(trace: AnalysedTrace, association: AnalysedAssociation, record: number): RecordDetail {
  const reading = new RecordReading(trace, association, record);
  const { place, content } = reading;
  const view = viewOf(reading, messageViews(trace, association).indexOf);
  const title = place.onePacket ? `packet ${view.packet}` : `UDP payload of packets ${view.packets.join(', ')}`;
  const buffers: DetailBuffer[] = [{ id: 'packet', title, bytes: place.bytes, base: place.base, pieces: [] }];
  if (content?.buffer === 'plaintext') {
    const { buffer: id, bytes } = content;
    const says = `${cipherTitle(association, view.epoch)}, ${bytes.length} bytes`;
    buffers.push({ id, title: says, bytes, base: 0, pieces: [] });
  }
  const problems: Problem[] = [];
  const tree = new FieldTree();
  tellRecord(reading, tree, problems);
  const fields: Field[] = [...tree.fields];
  for (const part of messagesIn(reading)) {
    const { state, message, buffer: id, bytes } = part;
    const { type, messageSeq, length } = message;
    const says = `${handshakeTypeName(type)}, message_seq ${messageSeq}, ${length} bytes`;
    buffers.push({ id, title: says, bytes, base: 0, pieces: wirePieces(trace, association, message) });
    const own = new FieldTree();
    tellMessage(part, own, problems);
    fields.push(...marked(own.fields, verificationOf(association.state, state, message)));
  }
  return { record: view, fields, buffers, problems: problems.map((p) => ({ message: problemSentence(p), at: p.at })) };
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
