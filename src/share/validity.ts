/** Whether certificates were valid when the capture was taken: without the date nobody who opens it can tell. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, RecordDetail, RecordView } from '../analysis/trace.ts';
import { hash } from '../crypto/hashes.ts';
import type { Field } from '../wire/fields.ts';
import { toHex } from '../wire/text.ts';
import type { ShareChoices } from './choices.ts';
import type { IsShown } from './gather.ts';
import type { SharedTrace } from './shared-trace.ts';

const CERTIFICATE = 11;
const COMPRESSED_CERTIFICATE = 25;
const CERTIFICATE_FIELDS: ReadonlySet<string> = new Set(['ASN.1Cert', 'cert_data']);

/** Of those alone that are shown: by its digest a certificate can be looked up in public logs. */
/** Enough to tell the certificates of a trace apart. */
const DIGEST_DIGITS = 16;

export function shortDigest(sha256: string): string {
  return sha256.slice(0, DIGEST_DIGITS);
}

export function validityOf(
  session: Session,
  details: readonly AssociationDetail[],
  { names, certificates, keys }: ShareChoices,
  isShown: IsShown,
): SharedTrace['validity'] {
  const validity: Record<string, 'valid' | 'expired' | 'not-yet'> = {};
  if (names === 'blanked' || certificates === 'digests') return validity;
  for (const detail of details) {
    const { client, server } = detail.association.certificates;
    const judged = [...client, ...server].filter((certificate) => certificate.validity !== 'unknown');
    if (judged.length === 0) continue;
    const carriers = carriersOf(detail);
    const readable = carriers.filter(
      ({ epoch, records }) => (epoch === 0 || keys !== 'none') && records.every(isShown),
    );
    const shown = readable.length === carriers.length ? null : digestsOf(session, readable);
    for (const { sha256, validity: verdict } of judged)
      if (verdict !== 'unknown' && (shown?.has(sha256) ?? true)) validity[shortDigest(sha256)] = verdict;
  }
  return validity;
}

/** A message with certificates, and what carried it. */
interface Carrier {
  readonly epoch: number;
  readonly records: readonly RecordView[];
}

function carriersOf({ messages, records }: AssociationDetail): readonly Carrier[] {
  const places = new Map(records.map((record) => [record.record, record]));
  return messages
    .filter(({ type }) => type === CERTIFICATE || type === COMPRESSED_CERTIFICATE)
    .map(({ epoch, records: numbers }) => ({ epoch, records: numbers.flatMap((number) => places.get(number) ?? []) }));
}

/** Of the certificates in messages that whoever opens the trace can read. */
function digestsOf(session: Session, readable: readonly Carrier[]): ReadonlySet<string> {
  const last = new Set(readable.flatMap(({ records }) => records.at(-1)?.record ?? []));
  return new Set([...last].flatMap((record) => certificatesIn(session.record(record))).map(sha256));
}

function certificatesIn(detail: RecordDetail | null): readonly Uint8Array[] {
  return (detail?.fields ?? []).flatMap(function inside({ name, at, value, children }: Field): Uint8Array[] {
    if (!CERTIFICATE_FIELDS.has(name) || value === null) return children.flatMap(inside);
    const buffer = detail?.buffers.find(({ id }) => id === at.buffer);
    return buffer ? [buffer.bytes.subarray(at.from, at.to)] : [];
  });
}

const sha256 = (bytes: Uint8Array): string => toHex(hash('sha256', bytes));
