/** F14: how much was lost in each direction, and whether chance explains that nothing got through. */
import { MARK, SENDERS } from '../../record-table.ts';
import type { Sender } from '../../trace.ts';
import { count } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { episodes } from './episodes.ts';

export const fastLossRandom: Rule = {
  scope: 'association',
  id: 'fast-loss-random',
  group: 'loss',
  title: 'How much is lost, and whether chance explains it',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4'],
  advice:
    'Below one percent, look for a cause: size, content or direction. Above it, the path loses too much for a handshake of this length.',
  alternatives: ['Losses come in bursts on radio and at full queues: then the figures understate what chance does.'],
  looksLike: 'Losses in both directions, of large and small records alike.',
  why: 'A handshake of twenty datagrams has to bring every one of them. At 20 % loss, one transmission of them all succeeds once in a hundred times.',
  check: figures,
};

/** Fewer records than this say nothing about a rate. */
const ENOUGH = 20;
/** 95 % of the normal distribution. */
const Z = 1.96;

function figures(subject: Subject): readonly Match[] {
  const { losses } = subject.story;
  const [first] = losses;
  if (!first) return [];
  const parts = (['client', 'server'] as const).flatMap((from) => {
    const own = losses.filter((l) => l.sender === from);
    const unseen = own
      .filter((l) => l.records.length === 0)
      .reduce((n, l) => n + Math.max(1, l.sequenceNumbers.length), 0);
    // One record can be lost in more than one way, and a copy can be the one that is.
    const captured = new Set(own.flatMap((l) => l.records));
    const lost = captured.size + unseen;
    const sent =
      unseen + originalsOf(subject, from) + [...captured].filter((r) => isCopyOf(subject, from, r - 1)).length;
    if (sent < ENOUGH || lost === 0) return [];
    const [low, high] = wilson(lost, sent);
    return [{ from, lost, sent, low, high }];
  });
  if (parts.length === 0) return [];
  const repeats = episodes(subject).reduce((most, e) => Math.max(most, e.repeats.length), 0);
  const worst = Math.max(...parts.map((p) => p.lost / p.sent));
  const chance = worst ** (repeats + 1);
  const record = first.records[0] ?? first.evidence.at(-1);
  return [
    {
      title: parts.map((p) => `${percent(p.lost / p.sent)} of the ${p.from}’s records were lost`).join(', '),
      explanation: `${parts.map((p) => `The ${p.from} lost ${p.lost} of ${count(p.sent, 'record')}, so the rate lies between ${percent(p.low)} and ${percent(p.high)}.`).join(' ')}${
        repeats > 1
          ? ` That one flight was lost ${repeats + 1} times in a row has a chance of ${percent(chance)} at this rate${chance < 0.01 ? ': loss alone is unlikely' : ''}.`
          : ''
      }`,
      evidence: [
        record === undefined
          ? { timeMs: first.timeMs, says: first.reason }
          : { record: record - 1, says: first.reason },
      ],
      certainty: 'inferred',
    },
  ];
}

const originalsOf = ({ sorted }: Subject, from: Sender): number =>
  sorted.streams.reduce((n, s) => n + (SENDERS[s.side] === from ? s.originals : 0), 0);

function isCopyOf({ trace, a }: Subject, from: Sender, record: number): boolean {
  if (a.records.duplicate === 0) return false;
  const { mark, side } = trace.records.columns;
  return mark[record] === MARK.duplicate && SENDERS[side[record] ?? 0] === from;
}

/** Wilson's interval for a rate. */
function wilson(hits: number, all: number): readonly [number, number] {
  const p = hits / all;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * all)) / (1 + z2 / all);
  const half = (Z * Math.sqrt((p * (1 - p)) / all + z2 / (4 * all * all))) / (1 + z2 / all);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

function percent(p: number): string {
  const value = p * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(1))} %`;
}
