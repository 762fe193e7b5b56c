/** What is said of a record that stayed closed: why it did, and what its clear header and its length tell of it. */
import { cipherSuite } from '../crypto/suites.ts';
import { contentTypeName } from '../dtls/registry.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { CLOSED_HANDSHAKE, protectedSizes } from './flight-parts.ts';
import { Recall } from './recall.ts';
import { HIDDEN_TYPE } from './record-table.ts';
import type { ClosedReason, RecordView } from './trace.ts';

/** Why it stayed closed, as a sentence. */
export function whyClosed(reason: ClosedReason, { state, handshakes }: AnalysedAssociation, epoch: number): string {
  const random = state.clientRandom?.slice(0, 16);
  switch (reason) {
    case 'no-key': {
      // Handshakes are mostly numbered without a hole; where thousands are, looking at each for each record takes long.
      const guess = handshakes[epoch - 1]?.state;
      const hello =
        guess?.number === epoch && !guess.isVersion13
          ? guess
          : handshakes.find((h) => h.state.number === epoch || h.state.isVersion13)?.state;
      if (!hello?.serverHello) return 'The ServerHello is not in the capture: its random is needed to make the keys.';
      if (state.whyClosed) return state.whyClosed;
      if (!random) return 'The ClientHello is not in the capture, and no secret of the key logs fits.';
      return `No secret for the client random ${random}… was given.`;
    }
    case 'authentication-failed':
      return 'The secret that was given does not open it: authentication failed. It was altered on the way, or written with another key.';
    case 'unsupported-suite':
      return `The cipher of ${state.protection.unsupportedSuite(epoch) ?? 'this suite'} is not supported.`;
    case 'truncated-capture':
      return 'The capture cut this record short, so it cannot be opened.';
    case 'unknown-cid-length':
      return 'The length of its connection ID is not known: the hellos are not in the capture.';
  }
}

/** Of a record that was left out on purpose; null of all others. */
export function leftOutWords(leftOut: RecordView['leftOut'] | null): string | null {
  if (!leftOut) return null;
  return leftOut === 'content'
    ? 'Whoever shared this trace left its content out.'
    : 'Whoever shared this trace left its content and its length out: the bytes here only stand in for it.';
}

const HEADER = 13;
const ALERT_PLAINTEXT = 2;

const closedParts = new Recall<AnalysedAssociation['handshakes'], ReadonlyMap<number, string>>();

/** By record, what the flights make of handshake records that stayed closed. */
function closedPartsOf(association: AnalysedAssociation): ReadonlyMap<number, string> {
  const before = closedParts.get(association.handshakes);
  if (before) return before;
  const names = new Map<number, string>();
  for (const { flights } of association.handshakes)
    for (const { parts } of flights)
      for (const { message, name, occurrences } of parts)
        if (message === null) for (const { record } of occurrences) if (!names.has(record)) names.set(record, name);
  closedParts.set(association.handshakes, names);
  return names;
}

/** What the clear header and the length say it is. */
export function closedName(association: AnalysedAssociation, record: number, trace: AnalysedTrace): string {
  const c = trace.records.columns;
  const contentType = c.contentType[record] ?? HIDDEN_TYPE;
  if (contentType === HIDDEN_TYPE) return 'Encrypted record';
  if (contentType === 22) {
    return closedPartsOf(association).get(record) === 'Finished' ? 'Finished' : CLOSED_HANDSHAKE;
  }
  if (contentType === 21) {
    const hello = association.handshakes.find((h) => h.state.serverHello)?.state.serverHello;
    const suite = hello ? cipherSuite(hello.cipherSuite) : undefined;
    return suite && protectedSizes(ALERT_PLAINTEXT, suite).includes(c.length.get(record) - HEADER)
      ? 'Encrypted alert'
      : 'Encrypted alert of unusual size';
  }
  return `Encrypted ${contentTypeName(contentType)}`;
}
