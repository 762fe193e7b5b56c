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

const told = new Recall<AnalysedAssociation, Story>();
const related = new WeakMap<AnalysedTrace, ReadonlyMap<number, readonly RelationView[]>>();

export function storyOf(trace: AnalysedTrace, association: AnalysedAssociation): Story {
  const before = told.get(association);
  if (before) return before;
  const story = tell(trace, association);
  told.set(association, story);
  return story;
}

function tell(trace: AnalysedTrace, association: AnalysedAssociation): Story {
  const vantage = once(() => vantageOf(trace, association));
  const losses = once(() => lossesOf(trace, association, vantage()));
  const fates = once(() => fatesOf(trace, association, vantage(), losses()));
  const machines = once(() => machinesOf(trace, association, fates()));
  const timers = once(() => timersOf(trace, association));
  const timing = once(() => timingOf(trace, association));
  const relations = once(() => allRelations(trace).get(association.state.index) ?? []);
  const replayDrops = once(() => replayDropsOf(trace, association));
  return {
    get vantage() {
      return vantage();
    },
    get losses() {
      return losses();
    },
    get fates() {
      return fates();
    },
    get machines() {
      return machines();
    },
    get timers() {
      return timers();
    },
    get timing() {
      return timing();
    },
    get relations() {
      return relations();
    },
    get replayDrops() {
      return replayDrops();
    },
  };
}

function allRelations(trace: AnalysedTrace): ReadonlyMap<number, readonly RelationView[]> {
  const before = related.get(trace);
  if (before) return before;
  const relations = relationsOf(trace);
  related.set(trace, relations);
  return relations;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
