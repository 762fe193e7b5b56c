/** Tells the story of an association: each part when it is first asked for, and only once. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { fatesOf } from './fates.ts';
import { lossesOf } from './losses.ts';
import { machinesOf } from './machines.ts';
import { Recall } from './recall.ts';
import { relationsOf } from './relations.ts';
import { replayDropsOf } from './replay-window.ts';
import type {
  FateView,
  LossView,
  MachinesView,
  RelationView,
  ReplayDropView,
  TimersView,
  TimingView,
  VantageView,
} from './story.ts';
import { timersOf } from './timers.ts';
import { timingOf } from './timing.ts';
import type { Transmission } from './transmissions.ts';
import { vantageOf } from './vantage.ts';

export interface Story {
  readonly vantage: VantageView;
  readonly losses: readonly LossView[];
  readonly fates: ReadonlyMap<Transmission, FateView>;
  readonly machines: MachinesView;
  readonly timers: TimersView;
  readonly timing: TimingView;
  readonly relations: readonly RelationView[];
  readonly replayDrops: readonly ReplayDropView[];
}

const told = new Recall<AnalysedAssociation['handshakes'], Story>();
const related = new WeakMap<AnalysedTrace, ReadonlyMap<number, readonly RelationView[]>>();

export function storyOf(trace: AnalysedTrace, association: AnalysedAssociation): Story {
  const before = told.get(association.handshakes);
  if (before) return before;
  const story = new ToldStory(trace, association);
  told.set(association.handshakes, story);
  return story;
}

/** Each part is worked out when it is first asked for. */
class ToldStory implements Story {
  readonly #trace: AnalysedTrace;
  readonly #association: AnalysedAssociation;
  #vantage: VantageView | null = null;
  #losses: readonly LossView[] | null = null;
  #fates: ReadonlyMap<Transmission, FateView> | null = null;
  #machines: MachinesView | null = null;
  #timers: TimersView | null = null;
  #timing: TimingView | null = null;
  #replayDrops: readonly ReplayDropView[] | null = null;

  constructor(trace: AnalysedTrace, association: AnalysedAssociation) {
    this.#trace = trace;
    this.#association = association;
  }

  get vantage(): VantageView {
    this.#vantage ??= vantageOf(this.#trace, this.#association);
    return this.#vantage;
  }

  get losses(): readonly LossView[] {
    this.#losses ??= lossesOf(this.#trace, this.#association, this.vantage);
    return this.#losses;
  }

  get fates(): ReadonlyMap<Transmission, FateView> {
    this.#fates ??= fatesOf(this.#trace, this.#association, this.vantage, this.losses);
    return this.#fates;
  }

  get machines(): MachinesView {
    this.#machines ??= machinesOf(this.#trace, this.#association, this.fates);
    return this.#machines;
  }

  get timers(): TimersView {
    this.#timers ??= timersOf(this.#trace, this.#association);
    return this.#timers;
  }

  get timing(): TimingView {
    this.#timing ??= timingOf(this.#trace, this.#association);
    return this.#timing;
  }

  get relations(): readonly RelationView[] {
    return allRelations(this.#trace).get(this.#association.state.index) ?? [];
  }

  get replayDrops(): readonly ReplayDropView[] {
    this.#replayDrops ??= replayDropsOf(this.#trace, this.#association);
    return this.#replayDrops;
  }
}

function allRelations(trace: AnalysedTrace): ReadonlyMap<number, readonly RelationView[]> {
  const before = related.get(trace);
  if (before) return before;
  const relations = relationsOf(trace);
  related.set(trace, relations);
  return relations;
}
