import { expect, test } from 'vitest';
import { captureOf, datagramsOf } from '../../../../test/edited-capture.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const REFUSED = 'multihomed-server-connected-client-fails-dtls12.pcap';

test('a server with two addresses, and a client whose socket is connected to one of them', async () => {
  const { headline, finding } = await diagnose(REFUSED);
  expect(headline).toMatchObject({
    rule: 'answer-from-other-address',
    severity: 'failure',
    certainty: 'seen',
    title: 'The client asked 10.9.1.1:4433, but the answer comes from 10.9.0.1:4433',
  });
  expect(headline?.explanation).toContain('ICMP port unreachable');
  expect(finding('one-way-downlink-dead')?.consequenceOf).toBe('answer-from-other-address');
});

test('without the ICMP error the repeats of the client say the same, less certainly', async () => {
  const { headline } = await diagnose(REFUSED, { edit: (d) => d });
  expect(headline).toMatchObject({ rule: 'answer-from-other-address', certainty: 'near-certain' });
});

test('an answer from another port of the same address', async () => {
  const datagrams = (await datagramsOf('bc-fail-server-silent.server.pcap')).map((d) =>
    d.source.port === 30018 ? { ...d, source: { ...d.source, port: 40_000 } } : d,
  );
  const { headline } = await diagnoseSources([captureOf(datagrams)]);
  expect(headline?.title).toMatch(/^The client asked .*:30018, but the answer comes from .*:40000$/);
});

test('near miss: the client accepts the answer from the other address', async () => {
  const { rules } = await diagnose('multihomed-server-other-address-dtls12.pcap');
  expect(rules).not.toContain('answer-from-other-address');
});

test('near miss: the same client talks to two servers', async () => {
  const silent = await datagramsOf('bc-fail-server-silent.client.pcap');
  const [hello] = silent;
  if (!hello) throw new Error('the capture is empty');
  const other = (await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap')).map((d) => {
    const server = { address: hello.destination.address, port: 40_000 };
    return d.source.port === 23_001
      ? { ...d, source: hello.source, destination: server }
      : { ...d, source: server, destination: hello.source };
  });
  const { rules } = await diagnoseSources([captureOf([...silent, ...other].sort((x, y) => x.timeMs - y.timeMs))]);
  expect(rules).toContain('no-answer-to-clienthello');
  expect(rules).not.toContain('answer-from-other-address');
});
