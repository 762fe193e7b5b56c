/** `dtlscope records`: one JSON line per DTLS record, decoded. */

import type { Session } from '../../analysis/session.ts';
import { contentTypeName } from '../../dtls/registry.ts';
import { arrivalJson, fateJson, seconds } from '../../report/story-json.ts';
import { hexNumber } from '../../wire/text.ts';
import type { Arguments } from '../arguments.ts';
import { FieldValues } from '../output/field-values.ts';

export function* records(session: Session, args: Arguments): Generator<string> {
  const { captures } = session.overview();
  for (const id of session.ids()) {
    if (args.association !== null && id !== args.association) continue;
    const rolesKnown = session.rolesKnown(id);
    for (const decoded of session.decodedRecords(id, () => new FieldValues())) {
      const { facts: record, fields, problems } = decoded;
      yield `${JSON.stringify({
        file: captures[record.capture]?.name ?? null,
        packet: record.packet,
        time: seconds(record.timeMs),
        association: id,
        sender: rolesKnown ? record.sender : null,
        ...(rolesKnown ? {} : { endpoint: record.sender === 'client' ? 0 : 1 }),
        record: record.record,
        offset: record.offset,
        length: record.length,
        contentType: record.contentType,
        contentTypeName: record.contentType === null ? null : contentTypeName(record.contentType),
        version: record.version === null ? null : hexNumber(record.version, 4),
        epoch: record.epoch,
        sequenceNumber: record.sequenceNumber,
        connectionId: fields.connectionId ?? null,
        state: record.state,
        reason: record.reason,
        mark: record.mark,
        duplicateOrigin: record.duplicateOrigin,
        fate: record.fate && fateJson(record.fate),
        arrival: record.arrival && arrivalJson(record.arrival),
        repeats: record.repeats,
        flight: record.flight,
        transmission: record.transmission,
        problems,
        fields: fields.values,
      })}\n`;
    }
  }
}
