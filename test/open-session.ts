/** A session with captures of the collection open, as a user of the core has it. */
import { Session } from '../src/analysis/session.ts';
import type { Association, AssociationDetail } from '../src/analysis/trace.ts';
import { sourceOf, textOf } from './captures.ts';

export async function openSession(...files: readonly string[]): Promise<Session> {
  const session = new Session();
  const { failures } = await session.open(
    files.map((file) => sourceOf(file)),
    { add: true },
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return session;
}

/** As `--keys` does it: known to be a key log, whatever it looks like. */
export function addKeys(session: Session, file: string): void {
  session.addKeyLog(textOf(file), file);
}

export function detailsOf(session: Session): AssociationDetail[] {
  return session.trace().associations.map((a) => detailOf(session, a));
}

export function detailOf(session: Session, { id }: Association): AssociationDetail {
  const detail = session.association(id);
  if (!detail) throw new Error(`no association ${id}`);
  return detail;
}

/** Flights in short: number, sender, messages, and how often it was sent. */
export function flightsOf({ association }: AssociationDetail, handshake = 0): string[] {
  return (association.handshakes[handshake]?.flights ?? []).map(
    ({ number, sender, messages, transmissions }) =>
      `${number} ${sender}: ${messages.join(' ')}${transmissions.length > 1 ? ` ×${transmissions.length}` : ''}`,
  );
}
