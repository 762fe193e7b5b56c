/** What two points settle about losses: whether it was sent, what it was, and where it went. */
import type { LossPlace, LossView } from '../analysis/story.ts';
import type { RecordView, Sender } from '../analysis/trace.ts';
import { counted } from './association-row.ts';
import { type Answer, type Asked, farFrom, hasArrived, leastCertain, OPEN, type Settled } from './settled-answer.ts';

/** More of them are a number. */
const MOST_LISTED = 5;

export function lossQuestions(asked: Asked): readonly Settled[] {
  const between = asked.detail.losses.filter(({ where }) => where === 'between');
  if (between.length === 0) return [nothingLost(asked)];
  return (['client', 'server'] as const).flatMap((sender) => {
    const lost = between.filter((loss) => loss.sender === sender);
    return lost.length === 0 ? [] : questionsOf(asked, sender, lost);
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

function questionsOf(asked: Asked, sender: Sender, lost: readonly LossView[]): Settled[] {
  const found = new Lost(asked, sender, lost);
  const far = farFrom(asked.twice, sender);
  // What A never had it can only miss; what passed A it can only hope for.
  if (far === 'A')
    return [
      { question: `Were ${found.named} sent?`, alone: found.alone('by gaps'), both: found.sent() },
      ...found.contents(),
      { question: `Where were the ${sender}’s lost?`, alone: found.aloneWhere(), both: found.where() },
    ];
  return [
    { question: `Did ${found.named} arrive?`, alone: found.aloneArrived(), both: found.neverArrived() },
    { question: `Where were the ${sender}’s lost?`, alone: found.aloneWhere(), both: found.where() },
  ];
}

/** The losses of one sender between the points, and what A alone makes of the same records. */
class Lost {
  readonly #asked: Asked;
  readonly #sender: Sender;
  readonly #lost: readonly LossView[];
  readonly #records: readonly RecordView[];
  readonly #numbers: readonly string[];
  /** Losses that A alone has, by the lost record; without those that it does not know of. */
  readonly #known: readonly LossView[];

  constructor(asked: Asked, sender: Sender, lost: readonly LossView[]) {
    this.#asked = asked;
    this.#sender = sender;
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

  /** "the server’s records 5, 6 and 1:0"; the number before the colon is the epoch. */
  get named(): string {
    const numbers = this.#numbers.map((number) => number.replace(/^0:/, ''));
    const count = Math.max(numbers.length, this.#records.length);
    if (numbers.length !== count || count > MOST_LISTED) return `${count} records of the ${this.#sender}`;
    const [last] = numbers.slice(-1);
    if (count === 1) return `record ${last} of the ${this.#sender}`;
    return `records ${numbers.slice(0, -1).join(', ')} and ${last} of the ${this.#sender}`;
  }

  alone(how: string): Answer | null {
    return this.#answer((share) => `${share === null ? 'yes' : share}, ${how}`);
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
    return { ...this.#proof(), says: `no, never at ${farFrom(twice, this.#sender)}`, record: first?.record ?? null };
  }

  where(): Answer {
    const { twice } = this.#asked;
    const { certainty, proven } = this.#proof();
    const of = this.#lost.length;
    const path = `between ${twice.near[this.#sender]} and ${farFrom(twice, this.#sender)}`;
    return {
      certainty,
      says: proven === of || proven === 0 ? path : `${path}, ${proven} of ${of} proven`,
      record: null,
    };
  }

  /** Only where it is known with both. */
  contents(): Settled[] {
    const both = namesOf(this.#lost, this.#records);
    if (both.length === 0) return [];
    const alone = [...new Set(this.#known.flatMap(({ messages }) => messages))];
    const [first] = this.#records;
    return [
      {
        question: 'What were they?',
        alone: alone.length === 0 ? this.#asked.alone && OPEN : this.#answer(() => alone.join(', ')),
        both: { certainty: 'seen', says: both.join(', '), record: first?.record ?? null },
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
