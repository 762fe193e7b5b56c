/** All that happens to a trace before it leaves, the same for the page and the command line. */
import type { Session } from '../analysis/session.ts';
import type { ShareChoices } from './choices.ts';
import { type Gathered, gather } from './gather.ts';
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
