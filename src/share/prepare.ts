/** All that happens to a trace before it leaves, the same for the page and the command line. */
import type { Session } from '../analysis/session.ts';
import type { ShareChoices } from './choices.ts';
import { type Gathered, gather } from './gather.ts';
import { MOST_SHARED_RECORDS } from './limits.ts';
import { type Received, sharedOn, withinReceived } from './share-on.ts';
import { sharedNotes, withoutAddresses } from './shared-notes.ts';

/** @param received where what is open was itself shared: it stays as far redacted as it came. */
export function prepared(
  session: Session,
  choices: ShareChoices,
  received: Received | null,
  generator: string,
): Gathered {
  const { trace, replaced } = gather(session, withinReceived(choices, received), generator);
  const title = withoutAddresses(trace.title, replaced);
  return { replaced, trace: sharedOn({ ...trace, title, notes: sharedNotes(trace, replaced) }, received) };
}

/** Why so much cannot be shared, a sentence; null where it can. */
export function tooMuchToShare(session: Session, { associations }: Pick<ShareChoices, 'associations'>): string | null {
  const records = associations
    ? associations.reduce((sum, id) => sum + (session.story(id)?.association.records.total ?? 0), 0)
    : session.overview().captures.reduce((sum, { dtlsRecords }) => sum + dtlsRecords, 0);
  if (records <= MOST_SHARED_RECORDS) return null;
  return `These are ${records} records, and at most ${MOST_SHARED_RECORDS} can be shared: choose fewer associations, or cut the packets in question out of the capture and open those.`;
}
