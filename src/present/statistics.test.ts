import { describe, expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import type { Association } from '../analysis/trace.ts';
import { associationFilter } from './association-filter.ts';
import { type Figure, scopeText, statisticsOf } from './statistics.ts';
import { histogramOf, placeOnAxis, shortTime } from './statistics-histogram.ts';
import { figureSentence, histogramPlot, isFiltered, percent, rowsPlot, toggledFilter } from './statistics-plot.ts';

const MANY = [
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'openssl-fail-unknown-ca.pcap',
  'openssl-loss-flight4.client.pcap',
  'openssl-loss-final-flight-x3.client.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'openssl-fail-server-silent.pcap',
] as const;

async function associations(): Promise<readonly Association[]> {
  return (await openSession(...MANY)).trace().associations;
}

function named(figures: readonly Figure[], id: string): Figure {
  const found = figures.find((figure) => figure.id === id);
  if (!found) throw new Error(`no figure ${id}`);
  return found;
}

describe('figures', () => {
  test('every association is counted once by outcome and by version', async () => {
    const all = await associations();
    const figures = statisticsOf(all);
    for (const id of ['outcomes', 'versions']) {
      const { bars, total } = named(figures, id);
      expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(all.length);
      expect(total).toBe(all.length);
    }
    expect(named(figures, 'alerts').bars.map(({ label }) => label)).toContain('unknown_ca');
  });

  test('what a bar counts is what its filter shows', async () => {
    const all = await associations();
    let checked = 0;
    for (const id of [
      'times',
      'retransmissions',
      'outcomes',
      'versions',
      'suites',
      'groups',
      'alerts',
      'findings',
      'stacks',
    ])
      for (const { label, count, filter } of named(statisticsOf(all), id).bars) {
        if (count === 0) continue;
        const { matches, remarks } = associationFilter(filter);
        expect([filter, remarks]).toEqual([filter, []]);
        const shown = all.filter(matches).filter((a) => id !== 'retransmissions' || a.handshakes.length > 0);
        expect([id, label, shown.length]).toEqual([id, label, count]);
        checked++;
      }
    expect(checked).toBeGreaterThan(15);
  });

  test('the bars of losses filter by whose flight it was, and by what shows it', async () => {
    const all = await associations();
    const { bars } = named(statisticsOf(all), 'losses');
    expect(bars.length).toBeGreaterThan(0);
    const ports = (query: string) => all.filter(associationFilter(query).matches).map((a) => a.client.port);
    for (const { filter } of bars) expect([filter, ports(filter).length > 0]).toEqual([filter, true]);
    expect(ports('lost:server')).toEqual(ports('lost:server-inferred'));
    expect(ports('lost:proven')).toEqual([]);
    expect([...ports('lost:yes'), ...ports('lost:no')]).toHaveLength(all.length);
    expect(associationFilter('lost:router').remarks).toHaveLength(1);
  });

  test('inferred losses and proven ones stand apart', async () => {
    const one = await openSession('openssl-loss-final-flight-x3.client.pcap');
    const both = await openSession(
      'openssl-loss-final-flight-x3.client.pcap',
      'openssl-loss-final-flight-x3.server.pcap',
    );
    const labels = (list: readonly Association[]) => named(statisticsOf(list), 'losses').bars.map(({ label }) => label);
    expect(labels(one.trace().associations).some((label) => label.endsWith('proven'))).toBe(false);
    expect(labels(both.trace().associations)).toContain('server → client, proven');
  });

  test('nothing at all is said, not drawn', () => {
    const figures = statisticsOf([]);
    expect(figures.flatMap(({ bars }) => bars)).toEqual([]);
    expect(figureSentence(named(figures, 'times'))).toBe('Handshake times: No handshake was established.');
  });

  test('the same list is counted once', async () => {
    const all = await associations();
    expect(statisticsOf(all)).toBe(statisticsOf(all));
    expect(statisticsOf([...all])).not.toBe(statisticsOf(all));
  });
});

describe('histogram', () => {
  test('bins grow as 1, 2, 5 and hold every value', () => {
    const histogram = histogramOf([3, 4, 18, 20, 7018]);
    expect(histogram?.bins[0]).toMatchObject({ from: 2, to: 5, count: 2 });
    expect(histogram?.bins.at(-1)).toMatchObject({ from: 5000, to: 10_000, count: 1, label: '5 s to 10 s' });
    // An edge belongs to the bin that begins with it.
    expect(histogram?.bins.filter(({ count }) => count === 1).map(({ from }) => from)).toEqual([10, 20, 5000]);
    expect(histogram).toMatchObject({ values: 5, median: 18, p90: 7018, max: 7018 });
  });

  test('over many decades bins are fewer and wider', () => {
    const bins = histogramOf([0.2, 5, 900, 250_000])?.bins ?? [];
    expect(bins.length).toBeLessThanOrEqual(12);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  });

  test('no time at all, and times of almost nothing', () => {
    expect(histogramOf([])).toBeNull();
    const histogram = histogramOf([0, 0, 0.3]);
    expect(histogram?.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(3);
    expect(histogram?.bins[0]).toMatchObject({ from: 0, count: 2 });
    expect(histogram && placeOnAxis(histogram, 0)).toBe(0);
  });

  test.each([
    [0.5, '0.5 ms'],
    [16.4, '16 ms'],
    [1323, '1.3 s'],
    [100_000, '100 s'],
  ])('%d ms reads %s', (ms, text) => expect(shortTime(ms)).toBe(text));
});

describe('plots', () => {
  test('columns fill the axis from end to end, the tallest the whole height', async () => {
    const figure = named(statisticsOf(await associations()), 'times');
    if (figure.kind !== 'histogram' || !figure.histogram) throw new Error('no histogram');
    const { columns, marks, ticks } = histogramPlot(figure, figure.histogram);
    expect(columns[0]?.x).toBe(0);
    expect((columns.at(-1)?.x ?? 0) + (columns.at(-1)?.width ?? 0)).toBeCloseTo(100);
    expect(Math.max(...columns.map(({ height }) => height))).toBe(100);
    expect(marks.map(({ name }) => name)).toEqual(['median', '90 %']);
    expect(ticks.length).toBeGreaterThan(1);
  });

  test('long lists are cut; the sentence says so', () => {
    const bars = Array.from({ length: 12 }, (_, i) => ({
      label: `rule-${i}`,
      count: 12 - i,
      filter: `finding:=rule-${i}`,
    }));
    const figure = {
      kind: 'bars',
      id: 'x',
      title: 'X',
      of: ['association', 'associations'],
      bars,
      total: 78,
      nothing: '',
    } as const;
    const { rows, more } = rowsPlot(figure);
    expect([rows.length, more, rows[0]?.width, rows[1]?.percent]).toEqual([8, 4, 100, '14 %']);
    expect(figureSentence(figure)).toMatch(/^X, of 78 associations: rule-0 12, .* and 4 more\.$/);
    expect([percent(1, 5000), percent(0, 10), percent(1, 40)]).toEqual(['< 0.1 %', '0 %', '2.5 %']);
  });

  test('a click adds the term to the filter, a second one takes it out', () => {
    const term = 'handshake:>=10 handshake:<20';
    const filter = toggledFilter('port:5684', term);
    expect(filter).toBe('port:5684 handshake:>=10 handshake:<20');
    expect(isFiltered(filter, term)).toBe(true);
    expect(toggledFilter(filter, term)).toBe('port:5684');
  });

  test('what they are over is said', () => {
    expect(scopeText(12, 12)).toBe('Over all 12 associations.');
    expect(scopeText(5, 12)).toBe('Over 5 of 12 associations: those that the filter of the list shows.');
  });
});
