/** What the record numbers say is missing before the capture point, and how large it must have been. */
import { surroundingsOf } from '../../flight-setting.ts';
import { contentsOf } from '../../gap-contents.ts';
import { type Lack, lacksOf } from '../../lacks.ts';
import { type Place, placesOf } from '../../places.ts';
import { MARK, type Side, STATE } from '../../record-table.ts';
import type { Transmission } from '../../transmissions.ts';
import type { Subject } from '../subject.ts';
import { datagramsOf, type LostSize, MORE, type NeverSeen, type Sized, type Stretch } from './datagram-sizes.ts';

/** A record with its handshake header is longer than what it carries by at least this. */
const RECORD_AND_MESSAGE_HEADER = 25;

/** What the record numbers say is missing, and what it must have carried. */
export function missingBefore(subject: Subject, side: Side): Stretch {
  const { trace, analysed } = subject;
  const places = placesOf(analysed);
  const lost: LostSize[] = [];
  const unseen = new Map<string, Place[]>();
  let smallestLost: number | null = null;
  let gaps = 0;
  for (const gap of surroundingsOf(trace, analysed).gaps) {
    if (gap.side !== side) continue;
    const contents = contentsOf(trace, analysed, gap);
    if (contents.received) continue;
    gaps++;
    const after = places.get(gap.after);
    const from = gap.before === null ? undefined : places.get(gap.before);
    const holes = holesAt(from, after, subject.is13);
    const n = gap.to - gap.from + 1;
    const known = new Set(holes.map((h) => h.part.name));
    const unknown = contents.messages.filter((name) => !known.has(name));
    if (holes.length === 0) {
      const names = unknown.length < n ? [...unknown, MORE] : unknown;
      if (after && contents.transmission !== null && unknown.length > 0) add(unseen, names.join(' '), after);
      continue;
    }
    // What is unknown adds to it.
    const missing = holes.reduce((sum, h) => sum + h.to - h.from, 0);
    const together = missing + n * RECORD_AND_MESSAGE_HEADER;
    if (unknown.length === 0) smallestLost = Math.min(smallestLost ?? together, together);
    const home = after?.transmission ?? from?.transmission ?? null;
    lost.push({
      bytes: Math.ceil(missing / n) + RECORD_AND_MESSAGE_HEADER,
      how: 'at-least',
      among: 1,
      and: unknown,
      transmission: home,
      record: gap.after,
    });
  }
  let passed: readonly Sized[] | null = null;
  return {
    side,
    where: 'before',
    // Of no interest as long as nothing was lost.
    get passed() {
      passed ??= passedOf(subject, side);
      return passed;
    },
    lost,
    smallestLost,
    neverSeen: neverSeenOf(subject, unseen, gaps),
  };
}

function passedOf(subject: Subject, side: Side): readonly Sized[] {
  const c = subject.trace.records.columns;
  return datagramsOf(
    subject,
    subject.analysed.state.records.filter(
      (r) => c.side[r] === side && c.mark[r] !== MARK.duplicate && c.state[r] !== STATE.malformed,
    ),
  );
}

/** Bytes of known messages that lie in a gap. A repeat of DTLS 1.3 may leave out what was acknowledged. */
function holesAt(from: Place | undefined, to: Place | undefined, version13: boolean): readonly Lack[] {
  if (from && to && from.transmission === to.transmission) return cut(holesOf(to), from, to);
  if (version13) return [];
  const tail = from && from.flight === to?.flight ? cut(holesOf(from), from, undefined) : [];
  return [...tail, ...(to ? cut(holesOf(to), undefined, to) : [])];
}

const holes = new WeakMap<Transmission, readonly Lack[]>();

function holesOf({ flight, transmission }: Place): readonly Lack[] {
  const known = holes.get(transmission) ?? lacksOf(flight, transmission.units);
  holes.set(transmission, known);
  return known;
}

/** Those after one record of the flight and before another. */
function cut(lacks: readonly Lack[], from: Place | undefined, to: Place | undefined): readonly Lack[] {
  const [last, first] = [from?.unit.pieces.at(-1), to?.unit.pieces[0]];
  return lacks.filter(
    ({ part, from: at }) =>
      (!last || part.order > last.part.order || (part === last.part && at >= last.to)) &&
      (!first || part.order < first.part.order || (part === first.part && at < first.from)),
  );
}

function add(unseen: Map<string, Place[]>, key: string, place: Place): void {
  const list = unseen.get(key);
  if (list) list.push(place);
  else unseen.set(key, [place]);
}

function neverSeenOf(subject: Subject, unseen: ReadonlyMap<string, readonly Place[]>, gaps: number): NeverSeen | null {
  const [found] = [...unseen].sort(([, a], [, b]) => b.length - a.length);
  if (!found) return null;
  const [names, lacking] = found;
  const units = [...new Set(lacking.map((p) => p.transmission))].flatMap((t) => t.units);
  return {
    messages: names.split(' '),
    records: lacking.map((p) => p.unit.record),
    otherGaps: gaps - lacking.length,
    passed: datagramsOf(
      subject,
      units.map((u) => u.record),
    ),
  };
}
