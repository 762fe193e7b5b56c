/** What of an association's flights was lost, and which stacks its timers fit: counted, and filtered by. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { Sender } from '../analysis/trace.ts';

const LOSSES: ReadonlySet<string> = new Set([
  'lost-before-capture',
  'lost-after-capture',
  'lost-or-rejected',
  'lost-between',
]);

export interface LostTransmission {
  readonly sender: Sender;
  /** Two capture points show it. */
  readonly proven: boolean;
}

/** One for each transmission of a flight that is lost, in whole or in part. */
export function lostTransmissions({ handshakes }: ListedAssociation): readonly LostTransmission[] {
  return handshakes
    .flatMap(({ flights }) => flights)
    .flatMap(({ sender, transmissions }) =>
      transmissions
        .filter(({ fate }) => LOSSES.has(fate.fate))
        .map(({ fate }) => ({ sender, proven: fate.fate === 'lost-between' })),
    );
}

/** "client fits OpenSSL or LibreSSL" */
export function stacksOf({ findings }: ListedAssociation): readonly string[] {
  return findings
    .filter(({ rule }) => rule === 'stack-guess')
    .map(({ title }) => title.replace('The timer of the ', ''));
}
