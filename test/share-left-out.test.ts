import { expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import type { RecordView } from '../src/analysis/trace.ts';
import { segmentsOf } from '../src/present/sequence-segments.ts';
import { LEAST } from '../src/share/choices.ts';
import { gather } from '../src/share/gather.ts';
import { receive } from '../src/share/receive.ts';
import { textOf } from './captures.ts';
import { detailsOf, openSession } from './open-session.ts';

async function shared(applicationData: 'marks' | 'lengths') {
  const session = await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const choices = { ...LEAST, applicationData, title: '', associations: null, notes: [] };
  const opened = new Session();
  opened.openShared(receive(gather(session, choices, 'test').trace));
  const [detail] = detailsOf(opened);
  if (!detail) throw new Error('nothing was shared');
  const data = detail.records.filter((r): r is RecordView => r.contentType === 23);
  return { detail, data, notes: data.flatMap((r) => segmentsOf(r, detail.association).map((s) => s.note)) };
}

test('a length that was left out is not shown as if it were one', async () => {
  const { data, notes } = await shared('marks');
  expect(data.length).toBeGreaterThan(0);
  expect(new Set(notes)).toEqual(new Set(['content and length left out']));
  expect(data[0]?.explanation).toMatch(/left its content and its length out/);
});

test('lengths that were shared are shown', async () => {
  const { notes } = await shared('lengths');
  expect(notes[0]).toMatch(/^\d+ bytes, content left out$/);
});

test('keys that wait before anything is open are tried on a shared trace', async () => {
  const { trace } = gather(
    await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap'),
    { ...LEAST, title: '', associations: null, notes: [] },
    'test',
  );
  const opened = new Session();
  opened.addKeyLog(textOf('openssl-ecdhe-ecdsa-aes128-gcm.keys'), 'waiting.keys');
  opened.openShared(receive(trace));
  expect(opened.trace().associations[0]?.records.decrypted).toBeGreaterThan(0);
});
