import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportText } from './report-text.ts';

test('a flight that was repeated two hundred thousand times is written all the same', async () => {
  const session = await openSession('openssl-fail-server-silent.pcap');
  const [detail] = detailsOf(session);
  const record = detail?.records.at(-1);
  if (!detail || !record) throw new Error('no record');
  const records = Array.from({ length: 200_000 }, (_, i) => ({ ...record, record: i + 1, packet: i + 1 }));
  const detailOf = () => ({ ...detail, records });
  const associations = [detail.association];
  const all = { overview: session.overview(), findings: () => [], total: 1, count: 1, alone: false, colour: false };
  expect(reportText({ ...all, associations, detailOf }).split('ClientHello ---').length).toBeGreaterThan(200_000);
  const markdown = reportMarkdown({ trace: session.trace(), associations, detailOf });
  expect(markdown.split('ClientHello ---').length).toBeGreaterThan(200_000);
});
