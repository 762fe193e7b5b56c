import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { again, at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const ID = 'cid-unknown-at-server';

/** The data of the client and nothing before it, again and again. */
async function orphans(): Promise<EditedDatagram[]> {
  const d = await datagramsOf('mbedtls-cid-4-8.pcap');
  const data = { ...at(d, 6), timeMs: 0 };
  return [data, again(data, 2000), again(data, 4000, 2)];
}

test('nobody answers, and the server talks to others meanwhile', async () => {
  const lost = await orphans();
  const server = at(lost, 0).destination;
  const other = await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  const its = at(other, 0).destination;
  const moved = other.map((d) => ({
    ...d,
    source: d.source.port === its.port ? server : d.source,
    destination: d.destination.port === its.port ? server : d.destination,
  }));
  const all = [...moved, ...lost].sort((x, y) => x.timeMs - y.timeMs);
  const { finding } = await diagnoseSources([captureOf(all)]);
  expect(finding(ID)).toMatchObject({ severity: 'failure', certainty: 'inferred' });
  expect(finding(ID)?.explanation).toContain('does not know the ID');
});

test('nobody answers, and nothing shows that the receiver is there', async () => {
  const lost = await orphans();
  const { finding } = await diagnoseSources([captureOf([...lost, goesOnUntil(at(lost, 0), 9000)])]);
  expect(finding(ID)).toMatchObject({ severity: 'warning' });
});

test('near miss: the capture began late, but the server answers', async () => {
  const { rules } = await diagnose('mbedtls-cid-4-8.pcap', { edit: (d) => d.slice(6), withoutKeys: true });
  expect(rules).not.toContain(ID);
});

test('near miss: the ID was agreed on in this capture, only the address is new', async () => {
  const { rules } = await diagnose('wolfssl13-cid-rebind-not-followed.server.pcap');
  expect(rules).not.toContain(ID);
});
