import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'datagram-truncated';
const FLIGHT4 = 'openssl-truncate-flight4.client.pcap';

test('flight 4 is cut to 200 bytes and comes again', async () => {
  const { headline, finding } = await diagnose(FLIGHT4);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'warning',
    certainty: 'seen',
    title: 'A datagram of the server ends 410 bytes before its record does',
  });
  expect(headline?.explanation).toContain('the flight comes again 1.0 s later');
  expect(headline?.evidence.map((e) => e.packet)).toEqual([4, 6]);
  expect(finding('partial-flight-held-up')?.consequenceOf).toBe(RULE);
});

test('application data that is cut is gone', async () => {
  const { headline } = await diagnose('openssl-truncate-appdata.server.pcap');
  expect(headline?.title).toBe('A datagram of the client ends 36 bytes before its record does');
  expect(headline?.explanation).toContain('what it carried is gone');
});

test('every copy is cut at the same place: nothing gets through', async () => {
  const { finding } = await diagnose(FLIGHT4, {
    edit: (d) => d.slice(0, 9).map((x) => (x.payload.length > 200 ? { ...x, payload: x.payload.subarray(0, 200) } : x)),
  });
  expect(finding(RULE)).toMatchObject({ title: '2 datagrams of the server end before their records do' });
  expect(finding(RULE)?.explanation).toContain('All 2 are cut to 200 bytes');
});

test('both capture points: it left whole', async () => {
  const { rules } = await diagnose([FLIGHT4, FLIGHT4.replace('client', 'server')]);
  expect(rules).toContain(RULE);
});

test('near miss: at the sender it is whole', async () => {
  expect((await diagnose('openssl-truncate-flight4.server.pcap')).rules).not.toContain(RULE);
});

test('near miss: the capture cut the packets, not the network', async () => {
  for (const file of ['link-cut.pcap', 'link-cut-header.pcap'])
    expect((await diagnose(file)).rules).not.toContain(RULE);
});

test('near miss: a record that is malformed otherwise', async () => {
  const { rules } = await diagnose(FLIGHT4, {
    edit: (d) => d.map((x, i) => (i === 3 ? { ...x, payload: x.payload.subarray(0, 86) } : x)),
  });
  expect(rules).not.toContain(RULE);
});
