/** The evidence of a finding as rows under signs of certainty: what was seen, and what follows from it. */
import type { EvidenceView, FindingView } from '../analysis/finding.ts';
import type { Certainty, LossPlace, LossView } from '../analysis/story.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { SeenTwice } from './capture-points.ts';
import { evidenceFields } from './evidence-fields.ts';
import { certaintyWord } from './finding-cards.ts';

/** With two capture points some things are not only seen but proven. */
export type Sureness = Certainty | 'proven';

export interface EvidenceRow {
  /** "9", "9 → 14", "B 17", or record numbers where there is no packet: "8, 1:0". */
  readonly place: string;
  /** Where it leads; null for nowhere. */
  readonly record: number | null;
  /** Fields that show it, see evidence-fields.ts. */
  readonly fields: readonly string[];
  readonly says: string;
}

export interface EvidenceGroup {
  readonly sureness: Sureness;
  readonly rows: readonly EvidenceRow[];
}

interface Placed extends EvidenceRow {
  readonly sureness: Sureness;
}

const ORDER: readonly Sureness[] = ['proven', 'seen', 'near-certain', 'inferred'];

/** What the finding concludes stands last, so its own certainty has a group even where no row is in it. */
export function evidenceGroups(
  finding: FindingView,
  detail: AssociationDetail | null,
  twice: SeenTwice | null,
): readonly EvidenceGroup[] {
  const rows = placedRows(finding, detail, twice);
  return ORDER.flatMap((sureness) => {
    const mine = merged(rows.filter((row) => row.sureness === sureness));
    return mine.length > 0 || sureness === finding.certainty ? [{ sureness, rows: mine }] : [];
  }).filter(({ sureness, rows: mine }) => mine.length > 0 || sureness !== 'seen');
}

export function surenessWord(sureness: Sureness): string {
  return sureness === 'proven' ? 'Proven by two captures' : certaintyWord(sureness);
}

const MANY_PLACES = 2;

/** In the line of a card that is closed: "10, 15", "B 17", "3 packets". */
export function evidencePlaces(
  { evidence }: FindingView,
  detail: AssociationDetail | null,
  twice: SeenTwice | null,
): string {
  const numbers = new Set(evidence.map(({ record }) => record));
  const records = detail?.records.filter(({ record }) => numbers.has(record));
  const at = (e: EvidenceView) =>
    placeOf(
      e.packet,
      records?.find(({ record }) => record === e.record),
      twice,
    );
  const places = [...new Set(evidence.filter(({ packet }) => packet !== null).map(at))];
  return places.length > MANY_PLACES ? `${places.length} packets` : places.join(', ');
}

function placedRows(finding: FindingView, detail: AssociationDetail | null, twice: SeenTwice | null): Placed[] {
  const byNumber = new Map(detail?.records.map((record) => [record.record, record]));
  return finding.evidence.flatMap((evidence) => {
    const record = evidence.record === null ? undefined : byNumber.get(evidence.record);
    // A rule that points at a loss says it in the loss's own words.
    const loss = lossOf(evidence, detail);
    if (loss && loss.records.length === 0) return gapRows(evidence, loss, byNumber, twice);
    const row = {
      place: placeOf(evidence.packet, record, twice),
      record: evidence.record,
      fields: evidenceFields(finding.rule, evidence.says, record),
      says: evidence.says,
    };
    if (!loss) return [{ ...row, sureness: 'seen' as const }];
    if (loss.inferred || !twice) return [{ ...row, sureness: loss.certainty }];
    const other = twice.nameOf(record?.capture ?? -1) === 'A' ? 'B' : 'A';
    const what = capital([loss.messages.join(', '), numbersOf(loss)].filter((part) => part !== '').join(', '));
    return [
      { ...row, fields: ['sequence_number'], says: `${what}: sent, never at ${other}`, sureness: 'proven' as const },
    ];
  });
}

function lossOf({ says, record }: EvidenceView, detail: AssociationDetail | null): LossView | undefined {
  const told = detail?.losses.filter(({ reason }) => reason === says) ?? [];
  const at = record ?? -1;
  return told.find((loss) => loss.records.includes(at)) ?? told.find((loss) => loss.evidence.includes(at)) ?? told[0];
}

/** A gap is seen; what was in it, and where it got lost, is not. */
function gapRows(
  evidence: EvidenceView,
  loss: LossView,
  byNumber: ReadonlyMap<number, RecordView>,
  twice: SeenTwice | null,
): Placed[] {
  const around = loss.evidence.flatMap((number) => byNumber.get(number) ?? []);
  const next = byNumber.get(evidence.record ?? -1);
  const before = around.findLast(({ record, sender }) => sender === loss.sender && record < (next?.record ?? 0));
  const here = placeOf(evidence.packet, next, twice);
  const gap = `${numbersOf(loss)} missing`;
  const what = loss.messages.length > 0 ? `${loss.messages.join(', ')}, lost` : 'Lost';
  return [
    {
      sureness: 'seen',
      place:
        before && before.packet !== next?.packet
          ? `${placeOf(before.packet, before, twice)} → ${evidence.packet}`
          : here,
      record: evidence.record,
      fields: ['sequence_number'],
      says: capital(before ? `${gap} between them` : `${gap} before it`),
    },
    {
      sureness: loss.certainty,
      place: loss.sequenceNumbers.map((n) => (loss.epoch === 0 ? `${n}` : `${loss.epoch}:${n}`)).join(', '),
      record: null,
      fields: [],
      says: `${what} ${PLACES[loss.where]}`,
    },
  ];
}

const PLACES: Readonly<Record<LossPlace, string>> = {
  'before-capture': 'before this capture point',
  'after-capture': 'after this capture point',
  between: 'between the two capture points',
  unknown: 'on the way',
};

/** "record 8", "records 5, 6", "epoch 1 record 0". */
function numbersOf({ epoch, sequenceNumbers }: LossView): string {
  const noun = sequenceNumbers.length === 1 ? 'record' : 'records';
  return `${epoch === 0 ? '' : `epoch ${epoch} `}${noun} ${listed(sequenceNumbers)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const LISTED = 6;

function listed(numbers: readonly number[]): string {
  if (numbers.length <= LISTED) return numbers.join(', ');
  return `${numbers[0]} to ${numbers.at(-1)} (${numbers.length} of them)`;
}

function placeOf(packet: number | null, record: RecordView | undefined, twice: SeenTwice | null): string {
  const name = record && twice ? twice.nameOf(record.capture) : null;
  return packet === null ? '—' : name === null ? `${packet}` : `${name} ${packet}`;
}

/** Several numbers of which the same is said are one row; so are two sentences at one place. */
function merged(rows: readonly Placed[]): EvidenceRow[] {
  const shown: { place: string; record: number | null; fields: readonly string[]; says: string }[] = [];
  for (const { place, record, fields, says } of rows) {
    const same =
      record === null ? shown.find((row) => row.record === null && row.says === says && row.place !== '—') : undefined;
    if (same) same.place += `, ${place}`;
    else shown.push({ place, record, fields, says });
  }
  return shown;
}
