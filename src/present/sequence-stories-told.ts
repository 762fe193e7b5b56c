/** The stories that the sequence diagram has to tell, as captures tell them. */
import type { AssociationDetail } from '../analysis/trace.ts';
import { alert, changeCipherSpec, closed, data, message, type Sent, story } from './sequence-stories.ts';

function flight5(timesMs: readonly [number, number, number], packets: readonly number[], transmission: number): Sent[] {
  const common = { from: 'client', flight: 5, transmission } as const;
  const [a = 5, b = a, c = a] = packets;
  const repeats = transmission > 1;
  return [
    {
      ...common,
      packet: a,
      timeMs: timesMs[0],
      content: message('ClientKeyExchange', 2, 66),
      length: 58,
      ...(repeats ? { repeats: 8 } : {}),
    },
    {
      ...common,
      packet: b,
      timeMs: timesMs[1],
      content: changeCipherSpec,
      length: 14,
      ...(repeats ? { repeats: 9 } : {}),
    },
    {
      ...common,
      packet: c,
      timeMs: timesMs[2],
      content: message('Finished', 3, 12),
      length: 61,
      epoch: 1,
      ...(repeats ? { repeats: 10 } : {}),
    },
  ];
}

function flight6(timesMs: readonly number[], packets: readonly number[], transmission: number, whole: boolean): Sent[] {
  const common = { from: 'server', flight: 6, transmission, mark: 'retransmission' } as const;
  const [a = 0, b = a, c = b] = packets;
  const [ta = 0, tb = ta, tc = tb] = timesMs;
  return [
    { ...common, packet: a, timeMs: ta, content: message('NewSessionTicket', 5, 182), length: 207 },
    ...(whole ? [{ ...common, packet: b, timeMs: tb, content: changeCipherSpec, length: 14 }] : []),
    { ...common, packet: c, timeMs: tc, content: message('Finished', 6, 12), length: 61, epoch: 1 },
  ];
}

/** The server's last flight is lost three times; the client's timer brings it back. */
export function finalFlightLost(): AssociationDetail {
  return story(
    [
      { packet: 1, timeMs: 0, from: 'client', flight: 1, content: message('ClientHello', 0), length: 159 },
      { packet: 2, timeMs: 0.8, from: 'server', flight: 2, content: message('HelloVerifyRequest', 0), length: 48 },
      { packet: 3, timeMs: 1.003, from: 'client', flight: 3, content: message('ClientHello', 1), length: 179 },
      { packet: 4, timeMs: 1.785, from: 'server', flight: 4, content: message('ServerHello', 1), length: 90 },
      { packet: 4, timeMs: 1.785, from: 'server', flight: 4, content: message('Certificate', 2), length: 481 },
      { packet: 4, timeMs: 1.785, from: 'server', flight: 4, content: message('ServerKeyExchange', 3), length: 175 },
      { packet: 4, timeMs: 1.785, from: 'server', flight: 4, content: message('ServerHelloDone', 4, 0), length: 25 },
      ...flight5([3.391, 3.391, 3.391], [5], 1),
      ...flight5([1004.755, 1004.807, 1004.846], [6, 7, 8], 2),
      ...flight6([1005.784, 1006.016], [9, 10], 2, false),
      ...flight5([3012.504, 3012.531, 3012.571], [11, 12, 13], 3),
      ...flight6([3013.178, 3013.379], [14, 15], 3, false),
      ...flight5([7016.569, 7016.605, 7016.659], [16, 17, 18], 4),
      ...flight6([7017.652, 7017.808, 7018.121], [19, 20, 21], 4, true),
      { packet: 22, timeMs: 7618.972, from: 'client', epoch: 1, content: data('hello from client'), length: 54 },
      { packet: 23, timeMs: 7619.663, from: 'server', epoch: 1, content: data('echo:hello from client'), length: 59 },
      { packet: 24, timeMs: 7619.772, from: 'client', epoch: 1, content: alert('close_notify', false), length: 39 },
      { packet: 25, timeMs: 7620.008, from: 'server', epoch: 1, content: alert('close_notify', false), length: 39 },
    ],
    {
      cookie: true,
      causes: { '6.2': 'peer-retransmission', '6.3': 'peer-retransmission', '6.4': 'peer-retransmission' },
    },
  );
}

/** DTLS 1.3: a Certificate in five fragments, the third one lost, asked for by an ACK. */
export function fragmentedCertificate(): AssociationDetail {
  const certificate = (from: number, to: number) => message('Certificate', 2, 1214, [from, to]);
  const ack = (records: number) =>
    ({
      kind: 'ack',
      acknowledged: Array.from({ length: records }, (_, i) => ({ epoch: 2, sequenceNumber: i, record: null })),
    }) as const;
  const server = { from: 'server', epoch: 2, flight: 2 } as const;
  return story(
    [
      { packet: 1, timeMs: 0, from: 'client', flight: 1, content: message('ClientHello', 0), length: 191 },
      { packet: 2, timeMs: 0.791, from: 'server', flight: 2, content: message('ServerHello', 0), length: 111 },
      { ...server, packet: 3, timeMs: 1.163, content: message('EncryptedExtensions', 1), length: 36 },
      { ...server, packet: 4, timeMs: 1.288, content: certificate(0, 266), length: 299 },
      { ...server, packet: 5, timeMs: 1.301, content: certificate(266, 532), length: 299 },
      { ...server, packet: 6, timeMs: 1.355, content: certificate(798, 1064), length: 299 },
      { ...server, packet: 7, timeMs: 1.377, content: certificate(1064, 1214), length: 187 },
      { packet: 8, timeMs: 8.578, from: 'client', epoch: 2, content: ack(5), length: 104 },
      { ...server, packet: 9, timeMs: 21.919, content: message('CertificateVerify', 3, 388, [0, 266]), length: 299 },
      { ...server, packet: 10, timeMs: 21.95, content: message('CertificateVerify', 3, 388, [266, 388]), length: 157 },
      { ...server, packet: 11, timeMs: 21.992, content: message('Finished', 4), length: 66 },
      {
        ...server,
        packet: 12,
        timeMs: 22.011,
        transmission: 2,
        content: certificate(532, 798),
        length: 299,
        repeats: 4,
      },
      { packet: 13, timeMs: 22.015, from: 'client', epoch: 2, content: ack(2), length: 56 },
      {
        ...server,
        packet: 14,
        timeMs: 22.019,
        transmission: 2,
        content: certificate(1064, 1214),
        length: 185,
        repeats: 7,
      },
      { packet: 20, timeMs: 23.657, from: 'client', epoch: 2, flight: 3, content: message('Finished', 1), length: 66 },
      { packet: 21, timeMs: 23.706, from: 'client', epoch: 3, content: ack(1), length: 40 },
      {
        packet: 22,
        timeMs: 23.8,
        from: 'client',
        epoch: 2,
        flight: 3,
        mark: 'duplicate',
        repeats: 15,
        content: message('Finished', 1),
        length: 66,
      },
      { packet: 26, timeMs: 24.057, from: 'server', epoch: 3, content: ack(1), length: 40 },
      { packet: 28, timeMs: 24.155, from: 'client', epoch: 3, content: data('hello'), length: 27 },
      { packet: 36, timeMs: 24.63, from: 'server', epoch: 3, content: alert('close_notify', false), length: 24 },
    ],
    { association: { version: 'DTLS 1.3' }, causes: { '2.2': 'partial-ack' } },
  );
}

/** The server takes none of the suites. A malformed record follows. */
export function failed(): AssociationDetail {
  return story([
    { packet: 1, timeMs: 100, from: 'client', flight: 1, content: message('ClientHello', 0), length: 159 },
    { packet: 2, timeMs: 100.9, from: 'server', content: alert('handshake_failure', true), length: 15 },
    { packet: 3, timeMs: 101.4, from: 'server', content: alert('no_renegotiation', false), length: 15 },
    {
      packet: 4,
      timeMs: 102,
      from: 'client',
      content: { kind: 'malformed', why: 'length runs past the datagram', offset: 0xb6d },
      length: 31,
    },
  ]);
}

/** No keys: closed records in a flight, in application data, and one that failed its tag. Roles were not seen. */
export function withoutKeys(): AssociationDetail {
  const records: Sent[] = [
    { packet: 5, timeMs: 3.391, from: 'client', flight: 5, content: message('ClientKeyExchange', 2, 66), length: 58 },
    { packet: 5, timeMs: 3.391, from: 'client', flight: 5, content: changeCipherSpec, length: 14 },
    { packet: 5, timeMs: 3.391, from: 'client', flight: 5, epoch: 1, content: closed(22, 48), length: 61 },
    { packet: 6, timeMs: 5, from: 'server', flight: 6, content: changeCipherSpec, length: 14 },
    { packet: 7, timeMs: 6, from: 'server', flight: 6, epoch: 1, content: closed(22, 48), length: 61 },
    { packet: 8, timeMs: 7, from: 'server', epoch: 1, content: closed(23, 58, 'authentication-failed'), length: 71 },
    { packet: 9, timeMs: 9, from: 'client', epoch: 1, content: closed(21, 26), length: 39 },
  ];
  return story(records, { association: { rolesKnown: false } });
}

/** A handshake's end, then much application data from both sides. */
export function manyRecords(count: number): AssociationDetail {
  const records: Sent[] = [
    { packet: 1, timeMs: 0, from: 'server', flight: 6, epoch: 1, content: message('Finished', 6, 12) },
  ];
  for (let i = 0; i < count; i++) {
    const from = i % 3 === 0 ? 'client' : 'server';
    records.push({ packet: i + 2, timeMs: 10 + i * 4.7, from, epoch: 1, content: data(`telegram ${i}`), length: 54 });
  }
  records.push({
    packet: count + 2,
    timeMs: 20 + count * 4.7,
    from: 'client',
    epoch: 1,
    content: alert('close_notify', false),
  });
  return story(records);
}

/** More labels than any arrow has room for, in two attempts. */
export function crowdedFlight(): AssociationDetail {
  const names = ['ServerHello', 'Certificate', 'ServerKeyExchange', 'CertificateRequest', 'ServerHelloDone'];
  const attempt = (packet: number, timeMs: number, transmission: number, apart: boolean) =>
    names.map((name, i): Sent => {
      const place = apart ? { packet: packet + i, timeMs: timeMs + i * 0.05 } : { packet, timeMs };
      return { ...place, from: 'server', flight: 4, transmission, content: message(name, i + 1) };
    });
  return story([
    { packet: 1, timeMs: 0, from: 'client', flight: 3, content: message('ClientHello', 0) },
    ...attempt(2, 1, 1, false),
    ...attempt(3, 1002, 2, true),
  ]);
}
