import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { arrangeSequence } from './sequence-layout.ts';
import { wordBursts } from './sequence-rows.ts';
import { approximateWidth } from './text-width.ts';

test.each(['pion12-loss25-seed4.client.pcap', 'wolfssl12-loss20-seed5.client.pcap', 'gnutls-loss-rand20.client.pcap'])(
  '%s: what stands beside a bracket stays clear of the times',
  async (file) => {
    const [detail] = detailsOf(await openSession(file));
    if (!detail) throw new Error('no association');
    const o = { width: 720, rowPx: 22, narrow: false, scale: 'folded', measure: approximateWidth } as const;
    const { brackets, columns } = arrangeSequence(wordBursts(detail), detail.association, new Set(), o);
    const lost = brackets.filter(({ side, inline, outcome, count }) => side === -1 && inline && outcome && count);
    for (const { textX, label, count, outcome } of lost) {
      const beside = approximateWidth(label, 12, 600) + 5 + approximateWidth(`${count} ${outcome}`, 11, 400);
      expect([label, count, textX - beside >= (columns.timeEdge ?? 0)]).toEqual([label, count, true]);
    }
  },
);
