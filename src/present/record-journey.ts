/** What became of one record, in sentences: the inspector says it above the fields. */
import type { Certainty, DuplicateOrigin, FateView, LossPlace } from '../analysis/story.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import { endpointText } from './association-row.ts';
import type { SeenTwice } from './capture-points.ts';
import { milliseconds } from './time-scale.ts';

export interface JourneyLine {
  readonly certainty: Certainty;
  readonly text: string;
  /** A record to go to; null for none. */
  readonly record: number | null;
}

const PLACES: Readonly<Record<LossPlace, string>> = {
  'before-capture': 'before this capture point',
  'after-capture': 'after this capture point',
  between: 'between the two capture points',
  unknown: 'on the way, or its answer was',
};

/** Where a part of a transmission was lost, each record that was has a loss of its own. */
const FATES: Readonly<Record<Exclude<FateView['fate'], 'unknown'>, string>> = {
  delivered: 'Delivered.',
  'lost-before-capture': 'Of its transmission:',
  'lost-after-capture': 'Of its transmission:',
  'lost-between': 'Of its transmission:',
  'lost-or-rejected': 'Lost or thrown away by its receiver.',
  damaged: 'Damaged on the way.',
};

const ORIGINS: Readonly<Record<DuplicateOrigin, string>> = {
  network: 'The network delivered it twice: a copy',
  capture: 'The capture shows one datagram twice: a copy',
  replay: 'Somebody sent it again long after the original: a replay',
  'reused-number': 'Its sender wrote it again under the same number: a repeat',
};

export function journeyOf(record: RecordView, detail: AssociationDetail, twice: SeenTwice | null): JourneyLine[] {
  return [
    ...arrival(record, detail, twice),
    ...whatBecame(record, detail),
    ...copy(record),
    ...dropped(record, detail),
  ];
}

function arrival(record: RecordView, { association }: AssociationDetail, twice: SeenTwice | null): JourneyLine[] {
  const { arrival: there, timeMs, sender, capture } = record;
  if (!twice) return [];
  const receiver = sender === 'client' ? 'server' : 'client';
  if (!there) {
    const here = twice.nameOf(capture);
    return here === twice.near[receiver]
      ? [line('seen', `Captured at ${here} only: ${twice.near[sender]}, nearer to its sender, does not have it.`)]
      : [];
  }
  const took = milliseconds(Math.max(0, there.timeMs - timeMs));
  const moved = association.addressChanges.length === 0 && !isSame(there.source, association[sender]);
  const from = moved ? `, there from ${endpointText(there.source)}` : '';
  const name = twice.nameOf(there.capture) ?? 'the other point';
  return [line('seen', `Arrived at ${name} after ${took} ms, in packet ${there.packet}${from}.`)];
}

function isSame(a: { address: string; port: number }, b: { address: string; port: number }): boolean {
  return a.address === b.address && a.port === b.port;
}

/** A loss is told of the record itself, a fate of its transmission as a whole. */
function whatBecame({ record, fate, arrival: there }: RecordView, { losses }: AssociationDetail): JourneyLine[] {
  const loss = losses.find((one) => one.records.includes(record));
  if (loss) return [line(loss.certainty, `Lost ${PLACES[loss.where]}. ${loss.reason}`)];
  if (!fate || fate.fate === 'unknown' || (there && fate.fate === 'delivered')) return [];
  return [line(fate.certainty, `${FATES[fate.fate]} ${fate.reason}`)];
}

function copy({ duplicateOrigin, repeats }: RecordView): JourneyLine[] {
  if (duplicateOrigin === null) return [];
  const says = ORIGINS[duplicateOrigin];
  return [line('seen', repeats === null ? `${says}.` : `${says} of record ${repeats}.`, repeats)];
}

function dropped({ record }: RecordView, { replayDrops }: AssociationDetail): JourneyLine[] {
  const drop = replayDrops.find((one) => one.record === record);
  if (!drop) return [];
  const why = drop.why === 'repeated' ? 'its number came before' : 'its number is more than 64 behind';
  return [line('near-certain', `A receiver with a replay window drops it: ${why}.`)];
}

function line(certainty: Certainty, text: string, record: number | null = null): JourneyLine {
  return { certainty, text, record };
}
