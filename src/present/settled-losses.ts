/** What two points settle about losses: whether it was sent, what it was, and where it went. */
import type { LossPlace, LossView } from '../analysis/story.ts';
import type { RecordView, Sender } from '../analysis/trace.ts';
import { capital } from '../analysis/words.ts';
import { counted } from './association-row.ts';
import { type Answer, type Asked, farFrom, hasArrived, leastCertain, OPEN, type Settled } from './settled-answer.ts';

/** More of them are a number. */
const MOST_LISTED = 5;

export function lossQuestions(asked: Asked): readonly Settled[] {
  const between = asked.detail.losses.filter(({ where }) => where === 'between');
  if (between.length === 0) return [nothingLost(asked)];
  return (['client', 'server'] as const).flatMap((sender) => {
    const lost = between.filter((loss) => loss.sender === sender);
    return lost.length === 0 ? [] : questionsOf(new Lost(asked, sender, lost), between.length > lost.length);
  });
}

function nothingLost({ detail: { records }, alone, twice }: Asked): Settled {
  const here = records.filter((record) => hasArrived(record, twice)).length;
  const all = here === records.length;
  return {
    question: 'Was anything lost on the way?',
    alone: alone && suspected(alone.losses),
    both: {
      certainty: all ? 'proven' : 'inferred',
      says: all
        ? `no, all ${counted(here, 'record')} arrived`
        : `${here} of ${counted(records.length, 'record')} arrived`,
      record: null,
    },
  };
}

function suspected(losses: readonly LossView[]): Answer {
  if (losses.length === 0) return { certainty: 'inferred', says: 'no sign of it', record: null };
  const certainty = leastCertain(losses.map((loss) => loss.certainty));
  return { certainty, says: `suspected, ${counted(losses.length, 'time')}`, record: null };
}

/** Whose they are is said where both lost some. */
function questionsOf(lost: Lost, whose: boolean): Settled[] {
  const { sender, count } = lost;
  const named = `${whose ? `${sender} ` : ''}${count === 1 ? 'record' : 'records'} ${lost.numbers}`.trim();
  const what = lost.isListed ? named : `${count} ${named}`;
  const were = count === 1 ? 'was' : 'were';
  const they = whose ? `the ${sender}’s` : count === 1 ? 'it' : 'they';
  const where = { question: `Where ${were} ${they} lost?`, alone: lost.aloneWhere(), both: lost.where() };
  // What A never had it can only miss; what passed A it can only hope for.
  return lost.isMissedAtA
    ? [
        { question: `${capital(were)} ${what} sent?`, alone: lost.aloneSent(), both: lost.sent() },
        ...lost.contents(`What ${were} ${count === 1 ? 'it' : 'they'}?`),
        where,
      ]
    : [{ question: `Did ${what} arrive?`, alone: lost.aloneArrived(), both: lost.neverArrived() }, where];
}

/** The losses of one sender between the points, and what A alone makes of the same records. */
class Lost {
  readonly #asked: Asked;
  readonly sender: Sender;
  readonly #lost: readonly LossView[];
  readonly #records: readonly RecordView[];
  readonly #numbers: readonly string[];
  /** Losses that A alone has, by the lost record; without those that it does not know of. */
  readonly #known: readonly LossView[];

  constructor(asked: Asked, sender: Sender, lost: readonly LossView[]) {
    this.#asked = asked;
    this.sender = sender;
    this.#lost = lost;
    const ids = new Set(lost.flatMap((loss) => loss.records));
    this.#records = asked.detail.records.filter(({ record }) => ids.has(record));
    this.#numbers = lost.flatMap(numbersOf);
    const byNumber = new Map(
      (asked.alone?.losses ?? [])
        .filter((loss) => loss.sender === sender)
        .flatMap((loss) => numbersOf(loss).map((number) => [number, loss] as const)),
    );
    this.#known = this.#numbers.flatMap((number) => byNumber.get(number) ?? []);
  }

  get count(): number {
    return Math.max(this.#numbers.length, this.#records.length);
  }

  /** They have numbers, and few. */
  get isListed(): boolean {
    return this.#numbers.length === this.count && this.count <= MOST_LISTED;
  }

  /** "5, 6, 1:0": the number before the colon is the epoch. */
  get numbers(): string {
    return this.isListed ? this.#numbers.map((number) => number.replace(/^0:/, '')).join(', ') : '';
  }

  get isMissedAtA(): boolean {
    return farFrom(this.#asked.twice, this.sender) === 'A';
  }

  aloneSent(): Answer | null {
    return this.#answer((share) => `${share ?? 'yes'}, by gaps`);
  }

  aloneArrived(): Answer | null {
    return this.#answer((share) => (share === null ? 'no' : `${share} did not`));
  }

  aloneWhere(): Answer | null {
    const places = [...new Set(this.#known.map(({ where }) => PLACES[where]))];
    return this.#answer((share) => `${places.join(', ')}${share === null ? '' : ` (${share})`}`);
  }

  sent(): Answer {
    return { certainty: 'seen', says: `yes, ${this.#packets()}`, record: this.#records[0]?.record ?? null };
  }

  neverArrived(): Answer {
    const { twice } = this.#asked;
    const [first] = this.#records;
    return { ...this.#proof(), says: `no, never at ${farFrom(twice, this.sender)}`, record: first?.record ?? null };
  }

  where(): Answer {
    const { twice } = this.#asked;
    const { certainty, proven } = this.#proof();
    const of = this.#lost.length;
    const path = `between ${twice.near[this.sender]} and ${farFrom(twice, this.sender)}`;
    return {
      certainty,
      says: proven === of || proven === 0 ? path : `${path}, ${proven} of ${of} proven`,
      record: null,
    };
  }

  /** Only where it is known with both. */
  contents(question: string): Settled[] {
    const both = namesOf(this.#lost, this.#records);
    if (both.length === 0) return [];
    const alone = [...new Set(this.#known.flatMap(({ messages }) => messages))];
    const isSame = alone.length === both.length && alone.every((name) => both.includes(name));
    const [first] = this.#records;
    return [
      {
        question,
        alone:
          alone.length === 0
            ? this.#asked.alone && OPEN
            : this.#answer(() => (isSame ? 'the same' : alone.map(short).join(', '))),
        both: { certainty: 'seen', says: both.map(short).join(', '), record: first?.record ?? null },
      },
    ];
  }

  /** `share` is null where A alone knows of all of them. */
  #answer(says: (share: string | null) => string): Answer | null {
    if (!this.#asked.alone) return null;
    const [known, all] = [this.#known.length, this.#numbers.length];
    if (known === 0) return OPEN;
    const certainty = leastCertain(this.#known.map((loss) => loss.certainty));
    return { certainty, says: says(known === all ? null : `${known} of ${all}`), record: null };
  }

  #proof() {
    const proven = this.#lost.filter(({ inferred }) => !inferred).length;
    return { proven, certainty: proven === this.#lost.length ? ('proven' as const) : ('inferred' as const) };
  }

  /** "B 6, B 11", and no more than a cell holds. */
  #packets(): string {
    const { nameOf } = this.#asked.twice;
    const names = [...new Set(this.#records.map(({ capture, packet }) => `${nameOf(capture) ?? ''} ${packet}`.trim()))];
    const shown = names.slice(0, MOST_LISTED - 1);
    return shown.length === names.length ? names.join(', ') : `${shown.join(', ')} …`;
  }
}

const PLACES: Readonly<Record<LossPlace, string>> = {
  'before-capture': 'before A',
  'after-capture': 'after A',
  between: 'between',
  unknown: 'somewhere',
};

const numbersOf = ({ epoch, sequenceNumbers }: LossView): string[] => sequenceNumbers.map((n) => `${epoch}:${n}`);

/** The one name that is longer than a cell. */
const short = (name: string): string => (name === 'ChangeCipherSpec' ? 'CCS' : name);

/** Messages by their names; where there are none, what the records are. */
function namesOf(lost: readonly LossView[], records: readonly RecordView[]): string[] {
  const messages = lost.flatMap((loss) => loss.messages);
  const nameless = new Set(lost.filter((loss) => loss.messages.length === 0).flatMap((loss) => loss.records));
  const others = records.filter(({ record }) => nameless.has(record)).flatMap(({ contents }) => contents);
  const kinds = others.flatMap((content) => {
    switch (content.kind) {
      case 'applicationData':
        return ['application data'];
      case 'alert':
        return [content.description];
      case 'ack':
        return ['ACK'];
      case 'encrypted':
        return [content.name];
      default:
        return [];
    }
  });
  return [...new Set([...messages, ...kinds])];
}
