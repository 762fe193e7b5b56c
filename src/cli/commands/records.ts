/** `dtlscope records`: one JSON line per DTLS record, decoded. */

import type { Session } from '../../analysis/session.ts';
import { contentTypeName } from '../../dtls/registry.ts';
import { arrivalJson, fateJson, seconds } from '../../report/story-json.ts';
import type { Field } from '../../wire/fields.ts';
import { hexNumber } from '../../wire/text.ts';
import type { Arguments } from '../arguments.ts';

export function* records(session: Session, args: Arguments): Generator<string> {
  const trace = session.trace();
  for (const association of trace.associations) {
    if (args.association !== null && association.id !== args.association) continue;
    for (const record of session.recordsOf(association.id)) {
      const detail = session.record(record.record);
      const cid = detail?.fields.flatMap((f) => f.children).find((f) => f.name === 'cid' || f.name === 'connection_id');
      yield `${JSON.stringify({
        file: trace.captures[record.capture]?.name ?? null,
        packet: record.packet,
        time: seconds(record.timeMs),
        association: association.id,
        sender: association.rolesKnown ? record.sender : null,
        ...(association.rolesKnown ? {} : { endpoint: record.sender === 'client' ? 0 : 1 }),
        record: record.record,
        offset: record.offset,
        length: record.length,
        contentType: record.contentType,
        contentTypeName: record.contentType === null ? null : contentTypeName(record.contentType),
        version: record.version === null ? null : hexNumber(record.version, 4),
        epoch: record.epoch,
        sequenceNumber: record.sequenceNumber,
        connectionId: cid?.value ?? null,
        state: record.state,
        reason: record.reason,
        mark: record.mark,
        duplicateOrigin: record.duplicateOrigin,
        fate: record.fate && fateJson(record.fate),
        arrival: record.arrival && arrivalJson(record.arrival),
        repeats: record.repeats,
        flight: record.flight,
        transmission: record.transmission,
        problems: detail?.problems.map((p) => p.message) ?? [],
        fields: detail ? tree(detail.fields) : null,
      })}\n`;
    }
  }
}

/** Field names as keys; a name that comes twice becomes an array. */
function tree(fields: readonly Field[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const field of fields) {
    const value = field.children.length > 0 ? tree(field.children) : field.value;
    const before = object[field.name];
    if (before === undefined) object[field.name] = value;
    else if (Array.isArray(before)) before.push(value);
    else object[field.name] = [before, value];
  }
  return object;
}
