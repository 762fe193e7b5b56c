/** Numbers over all associations: what is counted, in one pass, and how each count reads. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { Outcome, Sender } from '../analysis/trace.ts';
import { counted, shortVersion } from './association-row.ts';
import { lostTransmissions, stacksOf } from './lost-transmissions.ts';
import { type Histogram, histogramOf } from './statistics-histogram.ts';

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** For the filter of the list; empty where nothing can be counted. */
  readonly filter: string;
}

export interface BarFigure {
  readonly kind: 'bars';
  readonly id: string;
  readonly title: string;
  /** What is counted: one, and several. */
  readonly of: readonly [string, string];
  readonly bars: readonly Bar[];
  /** What `share` is a share of. */
  readonly total: number;
  /** Said where there is no bar. */
  readonly nothing: string;
}

export interface HistogramFigure extends Omit<BarFigure, 'kind'> {
  readonly kind: 'histogram';
  readonly histogram: Histogram | null;
}

export type Figure = BarFigure | HistogramFigure;

/** Computed once for each list: the list is the key. */
const known = new WeakMap<readonly ListedAssociation[], readonly Figure[]>();

export function statisticsOf(associations: readonly ListedAssociation[]): readonly Figure[] {
  const before = known.get(associations);
  if (before) return before;
  const tally = new Tally();
  for (const association of associations) tally.add(association);
  const figures = tally.figures();
  known.set(associations, figures);
  return figures;
}

type Counts = Map<string, number>;

function count(counts: Counts, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

const ASSOCIATIONS = ['association', 'associations'] as const;
const MANY_REPEATS = 6;

class Tally {
  readonly #outcomes: Counts = new Map();
  readonly #versions: Counts = new Map();
  readonly #suites: Counts = new Map();
  readonly #groups: Counts = new Map();
  readonly #alerts: Counts = new Map();
  readonly #findings: Counts = new Map();
  readonly #stacks: Counts = new Map();
  readonly #repeats: Counts = new Map();
  readonly #handshakeMs: number[] = [];
  readonly #lost: Record<Sender, { inferred: number; proven: number }> = {
    client: { inferred: 0, proven: 0 },
    server: { inferred: 0, proven: 0 },
  };
  #associations = 0;
  #withHandshake = 0;
  #transmissions = 0;

  add(a: ListedAssociation): void {
    this.#associations++;
    count(this.#outcomes, a.outcome);
    count(this.#versions, a.version ?? '');
    if (a.cipherSuite) count(this.#suites, a.cipherSuite.name);
    if (a.group) count(this.#groups, a.group);
    if (a.handshakeMs !== null) this.#handshakeMs.push(a.handshakeMs);
    const alerts = a.alerts.filter(({ description }) => description !== 'close_notify');
    for (const description of new Set(alerts.map((one) => one.description))) count(this.#alerts, description);
    for (const rule of new Set(a.findings.map((one) => one.rule))) count(this.#findings, rule);
    for (const stack of stacksOf(a)) count(this.#stacks, stack);
    if (a.handshakes.length === 0) return;
    this.#withHandshake++;
    count(this.#repeats, String(Math.min(a.retransmissions, MANY_REPEATS)));
    for (const { flights } of a.handshakes)
      for (const { transmissions } of flights) this.#transmissions += transmissions.length;
    for (const { sender, proven } of lostTransmissions(a)) this.#lost[sender][proven ? 'proven' : 'inferred']++;
  }

  figures(): readonly Figure[] {
    return [this.#times(), this.#retransmissions(), this.#outcome(), ...this.#parameters(), ...this.#troubles()];
  }

  #times(): HistogramFigure {
    const histogram = histogramOf(this.#handshakeMs);
    const bars = (histogram?.bins ?? []).map(({ label, count: n, from, to }) => ({
      label,
      count: n,
      filter: `handshake:>=${from} handshake:<${to}`,
    }));
    return {
      kind: 'histogram',
      id: 'times',
      title: 'Handshake times',
      of: ['established handshake', 'established handshakes'],
      bars,
      histogram,
      total: this.#handshakeMs.length,
      nothing: 'No handshake was established.',
    };
  }

  #retransmissions(): BarFigure {
    const most = Math.max(-1, ...[...this.#repeats.keys()].map(Number));
    const bars = Array.from({ length: most + 1 }, (_, n): Bar => {
      const many = n === MANY_REPEATS;
      return {
        label: many ? `${n} or more` : n === 0 ? 'none' : String(n),
        count: this.#repeats.get(String(n)) ?? 0,
        filter: `retransmissions:${many ? '>=' : ''}${n}`,
      };
    }).filter((bar) => bar.count > 0);
    return figure(
      'retransmissions',
      'Retransmissions of flights',
      ['association with a handshake', 'associations with a handshake'],
      bars,
      {
        total: this.#withHandshake,
        nothing: 'No handshake was captured.',
      },
    );
  }

  #outcome(): BarFigure {
    const bars = ranked(this.#outcomes, (outcome) => ({
      label: OUTCOMES[outcome as Outcome],
      filter: `status:${outcome}`,
    }));
    return figure('outcomes', 'Outcomes', ASSOCIATIONS, bars, {
      total: this.#associations,
      nothing: 'No association.',
    });
  }

  #parameters(): readonly BarFigure[] {
    const total = this.#associations;
    const versions = ranked(this.#versions, (version) => ({
      label: version || 'unknown',
      filter: `version:${shortVersion(version || null)}`,
    }));
    const suites = ranked(this.#suites, (name) => ({ label: name, filter: `suite:=${name.toLowerCase()}` }));
    const groups = ranked(this.#groups, (name) => ({
      label: name,
      filter: `group:${quoted(`=${name.toLowerCase()}`)}`,
    }));
    return [
      figure('versions', 'Versions', ASSOCIATIONS, versions, { total, nothing: 'No association.' }),
      figure('suites', 'Cipher suites', ASSOCIATIONS, suites, { total, nothing: 'No suite was negotiated.' }),
      figure('groups', 'Groups of the key exchange', ASSOCIATIONS, groups, {
        total,
        nothing: 'No group was negotiated.',
      }),
    ];
  }

  #troubles(): readonly BarFigure[] {
    const total = this.#associations;
    const alerts = ranked(this.#alerts, (name) => ({ label: name, filter: `alert:=${name}` }));
    const findings = ranked(this.#findings, (rule) => ({ label: rule, filter: `finding:=${rule}` }));
    const stacks = ranked(this.#stacks, (label) => ({ label, filter: `stack:${quoted(`=${label.toLowerCase()}`)}` }));
    return [
      this.#losses(),
      figure('alerts', 'Alerts', ASSOCIATIONS, alerts, { total, nothing: 'No alert but close_notify was seen.' }),
      figure('findings', 'Findings', ASSOCIATIONS, findings, { total, nothing: 'No rule found anything.' }),
      figure('stacks', 'Stacks that the timers fit', ['endpoint', 'endpoints'], stacks, {
        total: stacks.reduce((sum, bar) => sum + bar.count, 0),
        nothing: 'No timer showed enough of itself.',
      }),
    ];
  }

  #losses(): BarFigure {
    const bars = (['client', 'server'] as const).flatMap((sender) => {
      const [from, to] = sender === 'client' ? ['client', 'server'] : ['server', 'client'];
      const { inferred, proven } = this.#lost[sender];
      return [
        { label: `${from} → ${to}, inferred`, count: inferred, filter: `lost:${sender}-inferred` },
        { label: `${from} → ${to}, proven`, count: proven, filter: `lost:${sender}-proven` },
      ].filter((bar) => bar.count > 0);
    });
    return figure('losses', 'Lost by direction', ['transmission of a flight', 'transmissions of flights'], bars, {
      total: this.#transmissions,
      nothing: 'No transmission of a flight is known to be lost.',
    });
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  established: 'established',
  failed: 'failed',
  incomplete: 'incomplete',
  ongoing: 'ongoing',
  'no-handshake': 'no handshake',
};

/** Most frequent first, equal ones by name. */
function ranked(counts: Counts, words: (key: string) => Pick<Bar, 'label' | 'filter'>): readonly Bar[] {
  return [...counts]
    .map(([key, n]) => ({ ...words(key), count: n }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}

/** A value with spaces stands in quotation marks. */
function quoted(value: string): string {
  return value.includes(' ') ? `"${value}"` : value;
}

function figure(
  id: string,
  title: string,
  of: BarFigure['of'],
  bars: readonly Bar[],
  { total, nothing }: Pick<BarFigure, 'total' | 'nothing'>,
): BarFigure {
  return { kind: 'bars', id, title, of, bars, total, nothing };
}

/** "Over 5 of 12 associations: those that the filter of the list shows." */
export function scopeText(shown: number, total: number): string {
  if (shown === total) return `Over ${total === 1 ? 'the one association' : `all ${counted(total, 'association')}`}.`;
  return `Over ${shown} of ${counted(total, 'association')}: those that the filter of the list shows.`;
}
