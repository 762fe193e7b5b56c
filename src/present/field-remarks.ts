/** What the rest of the capture says of a field: a number missing before this one, whose certificate it is. */
import type { LossView } from '../analysis/story.ts';
import type { AssociationDetail, CertificateView, RecordDetail, RecordView } from '../analysis/trace.ts';
import type { Field } from '../wire/fields.ts';
import { certificateCard } from './certificate-card.ts';

const LISTED_NUMBERS = 4;

/** "record 8 is missing before it", "records 5, 6 missing before it"; "epoch 0 record 10 is missing" where the rest of its flight lacks one. */
export function numberRemark(record: RecordView, association: AssociationDetail | null): string {
  const { epoch, sender, sequenceNumber, flight, handshake, transmission } = record;
  if (!association || sequenceNumber === null) return '';
  const before = association.losses.find(
    (loss) =>
      loss.sender === sender &&
      loss.epoch === epoch &&
      loss.records.length === 0 &&
      loss.sequenceNumbers.at(-1) === sequenceNumber - 1,
  );
  if (before) return `${numbers(before)} missing before it`;
  if (flight === null) return '';
  const near = association.losses.find(
    (loss) =>
      loss.sender === sender &&
      loss.epoch !== epoch &&
      loss.records.length === 0 &&
      loss.handshake === handshake &&
      loss.flight === flight &&
      loss.transmission === transmission,
  );
  return near ? `epoch ${near.epoch} ${numbers(near)} missing` : '';
}

function numbers({ sequenceNumbers }: LossView): string {
  if (sequenceNumbers.length === 1) return `record ${sequenceNumbers[0]} is`;
  if (sequenceNumbers.length > LISTED_NUMBERS) return `${sequenceNumbers.length} records`;
  return `records ${sequenceNumbers.join(', ')}`;
}

const CERTIFICATE = /^(ASN\.1Cert|cert_data)$/;

/** Whose certificate each of the message is, and whether it was valid; nothing where the counts do not match. */
export function certificateRemarks(
  { fields, record }: RecordDetail,
  association: AssociationDetail | null,
): ReadonlyMap<Field, string> {
  const chain = association?.association.certificates[record.sender] ?? [];
  const found = chain.length === 0 ? [] : certificatesIn(fields);
  if (found.length !== chain.length) return new Map();
  return new Map(found.map((field, i) => [field, certificateRemark(chain[i])]));
}

function certificatesIn(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => (CERTIFICATE.test(field.name) ? [field] : certificatesIn(field.children)));
}

function certificateRemark(certificate: CertificateView | undefined): string {
  if (!certificate) return '';
  const { subject, datesWrong } = certificateCard(certificate);
  const until = certificate.notAfter === null ? '' : `, until ${certificate.notAfter.slice(0, 10)}`;
  return datesWrong === null ? `${subject}${until}` : `${subject}, ${datesWrong}`;
}
