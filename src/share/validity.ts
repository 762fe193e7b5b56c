/** Whether certificates were valid when the capture was taken: without the date nobody who opens it can tell. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, RecordDetail } from '../analysis/trace.ts';
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
    const shown = digestsOf(session, detail, keys !== 'none', isShown);
    for (const { sha256, validity: verdict } of judged)
      if (verdict !== 'unknown' && shown.has(sha256)) validity[sha256] = verdict;
  }
  return validity;
}

/** Of the certificates in messages that whoever opens the trace can read. */
function digestsOf(
  session: Session,
  { messages, records }: AssociationDetail,
  opened: boolean,
  isShown: IsShown,
): ReadonlySet<string> {
  const places = new Map(records.map((record) => [record.record, record]));
  const readable = messages
    .filter(({ type }) => type === CERTIFICATE || type === COMPRESSED_CERTIFICATE)
    .filter(({ epoch }) => epoch === 0 || opened)
    .map(({ records: carriers }) => carriers.flatMap((record) => places.get(record) ?? []))
    .filter((carriers) => carriers.every(isShown));
  const last = new Set(readable.flatMap((carriers) => carriers.at(-1)?.record ?? []));
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
