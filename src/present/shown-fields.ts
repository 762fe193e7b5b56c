/**
 * The fields of a record as the inspector words them: what they are called in their place, their value as text, and at
 * the right edge what the rest of the capture says of them.
 */
import type { AssociationDetail, RecordDetail, RecordView } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import { toHex } from '../wire/text.ts';
import { withAcknowledged } from './acknowledged.ts';
import { byteCount } from './association-row.ts';
import { certificateRemarks, numberRemark } from './field-remarks.ts';
import { fieldValue } from './field-tree.ts';
import { range } from './sequence-segments.ts';

export interface ShownField extends Field {
  /** "Record 1, epoch 1", "record_numbers[4]". */
  readonly label: string;
  readonly text: string;
  /** What the value means, right after it; empty for none. */
  readonly beside: string;
  /** Muted, at the right edge; empty for none. */
  readonly remark: string;
  readonly children: readonly ShownField[];
}

type Words = Pick<ShownField, 'label' | 'text' | 'beside' | 'remark'>;

export function shownFields(detail: RecordDetail, association: AssociationDetail | null): readonly ShownField[] {
  const opened = openedWord(detail.record, association);
  const certificates = certificateRemarks(detail, association);
  const show = (field: Field, parent: Field | null, index: number): ShownField => {
    const children = field.name === 'record' ? withParts(field, detail.record, association) : field.children;
    const shown = children.map((child, i) => show(child, field, i));
    const top = parent === null && field.at.buffer === 'plaintext' ? opened : '';
    return { ...field, ...words(field, parent, index), children: shown, ...(top === '' ? {} : { remark: top }) };
  };

  function words(field: Field, parent: Field | null, index: number): Words {
    const { name, meaning } = field;
    const plain = { label: name, text: fieldValue(field), beside: meaning ?? '', remark: '' };
    const certificate = certificates.get(field);
    if (certificate !== undefined) return { ...plain, remark: certificate };
    if (field.value === null) return groupWords(field, parent, index, detail);
    if (parent?.name === 'record' && name === 'sequence_number') return numberWords(field, plain);
    if (parent?.name === 'record' && name === 'unified_header') return { ...plain, ...flags(Number(field.value)) };
    if (parent?.name === 'handshake' && name === 'fragment_length') return { ...plain, remark: fragmentRemark(parent) };
    // A checked field says so at the edge, where the eye looks for it.
    if (meaning !== null && CHECKED.test(meaning)) return { ...plain, beside: '', remark: meaning };
    return plain;
  }

  /** The true number of a DTLS 1.3 record stands for the masked one (RFC 9147 §4.2.3). */
  function numberWords(field: Field, plain: Words): Words {
    const { record } = detail;
    const missing = numberRemark(record, association);
    const masked = !detail.fields.some((f) => f.name === 'record' && f.children.some((c) => c.name === 'version'));
    if (!masked) return { ...plain, remark: missing };
    const wire = wireNumber(field);
    if (record.sequenceNumber === null) return { ...plain, text: wire, remark: 'still masked' };
    return { ...plain, text: String(record.sequenceNumber), remark: missing || `on the wire ${wire}, unmasked` };
  }

  return withAcknowledged(detail, association).map((field, i) => show(field, null, i));
}

const CHECKED = /^(valid, recomputed|INVALID|could not be checked)/;

function groupWords(field: Field, parent: Field | null, index: number, { record, buffers }: RecordDetail): Words {
  const { name, meaning, at } = field;
  const size = byteCount(at.to - at.from);
  if (name === 'record' && parent === null) {
    const closed = field.children.find((child) => child.name === 'encrypted_record');
    const bytes = buffers.find(({ id }) => id === at.buffer)?.bytes;
    const header = closed && bytes ? bytes.subarray(at.from, closed.at.from) : new Uint8Array();
    const text = header.length > 0 && header.length <= SHORT_HEADER ? spaced(header) : '';
    return { label: `Record ${record.inDatagram}, epoch ${record.epoch}`, text, beside: '', remark: size };
  }
  if (name === 'handshake' && parent === null) return { label: name, text: meaning ?? '', beside: '', remark: '' };
  if (name === 'RecordNumber') {
    // A list may begin with its length, which is no entry.
    const at = (parent?.children ?? []).filter((child) => child.name === name).indexOf(field);
    const [number = '', ...what] = (meaning ?? '').split(' ');
    return { label: `record_numbers[${at < 0 ? index : at}]`, text: number, beside: '', remark: what.join(' ') };
  }
  return { label: name, text: '', beside: '', remark: meaning ?? size };
}

/** With a connection ID the bytes of a header say less than its fields do. */
const SHORT_HEADER = 6;

function spaced(bytes: Uint8Array): string {
  return (toHex(bytes).match(/../g) ?? []).join(' ');
}

/** "001 0 1 1 10": the bits as RFC 9147 §4 draws them. */
function flags(byte: number): Pick<Words, 'text' | 'beside' | 'remark'> {
  const bits = byte.toString(2).padStart(8, '0');
  const text = [bits.slice(0, 3), bits[3], bits[4], bits[5], bits.slice(6)].join(' ');
  return { text, beside: '', remark: `${bits[3] === '1' ? 'CID' : 'no CID'}, epoch bits ${byte & 3}` };
}

function wireNumber({ value, at }: Field): string {
  return typeof value === 'number' ? value.toString(16).padStart(2 * (at.to - at.from), '0') : (value ?? '');
}

function fragmentRemark({ children }: Field): string {
  const [offset, length, whole] = ['fragment_offset', 'fragment_length', 'length'].map((name) =>
    Number(children.find((child) => child.name === name)?.value ?? 0),
  );
  if (offset === undefined || length === undefined || whole === undefined || length === whole) return '';
  return `${range(offset, length)} of ${whole}`;
}

function openedWord({ state }: RecordView, association: AssociationDetail | null): string {
  if (state !== 'decrypted') return '';
  const suite = association?.association.cipherSuite?.name ?? '';
  return /_CBC_|_NULL_/.test(suite) ? 'decrypted, MAC verified' : 'decrypted, tag verified';
}

/** RFC 5288 §3 and RFC 6655 §3: eight bytes of nonce before what is encrypted, and the tag after it. */
function withParts(field: Field, record: RecordView, association: AssociationDetail | null): readonly Field[] {
  const body = field.children.find((child) => child.name === 'fragment');
  const suite = association?.association.cipherSuite?.name ?? '';
  const nonce = /_(GCM|CCM)(_|$)/.test(suite) ? 8 : 0;
  const tag = /_CCM_8/.test(suite) ? 8 : 16;
  const isAead = /_(GCM|CCM|CHACHA20)(_|$)/.test(suite);
  if (!body || typeof body.value !== 'string' || record.state !== 'decrypted' || !isAead) return field.children;
  const { at, value } = body;
  if (at.to - at.from <= nonce + tag) return field.children;
  const part = (name: string, from: number, to: number): Field => ({
    name,
    at: { buffer: at.buffer, from, to },
    value: value.slice(2 * (from - at.from), 2 * (to - at.from)),
    meaning: null,
    children: [],
  });
  return field.children.flatMap((child) =>
    child !== body
      ? [child]
      : [
          ...(nonce > 0 ? [part('nonce_explicit', at.from, at.from + nonce)] : []),
          part('ciphertext', at.from + nonce, at.to - tag),
          part('authentication_tag', at.to - tag, at.to),
        ],
  );
}
