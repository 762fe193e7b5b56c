/**
 * What associations have to do with each other, against the scenarios of the collection and the endpoints' logs:
 * who replaced whom and when, roles that turned, sessions that went on, paths that moved, servers that forgot.
 */
import { describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import type { RelationView } from '../src/analysis/story.ts';
import type { AssociationDetail } from '../src/analysis/trace.ts';
import { KNOWN, known, textOf } from './captures.ts';
import { captureOf, datagramsOf, editedCapture } from './edited-capture.ts';
import { detailsOf, openSession } from './open-session.ts';

async function detailsWithKeys(file: string): Promise<AssociationDetail[]> {
  const session = await openSession(file);
  const { keys } = known(file);
  if (keys) session.addKeyLog(textOf(keys), keys);
  return detailsOf(session);
}

/** "a2 resumes a1", without those of no kind that is asked for. */
async function told(file: string, kinds?: readonly RelationView['kind'][]): Promise<string[]> {
  const details = await detailsWithKeys(file);
  return details.flatMap(({ association, relations }) =>
    relations
      .filter((r) => !kinds || kinds.includes(r.kind))
      .map((r) => `${association.id} ${r.kind}${r.with === null ? '' : ` ${r.with}`}`),
  );
}

describe('a new handshake on the same quartet (RFC 6347 §4.2.8)', () => {
  test.each([
    ['openssl-assoc-reboot-cookie.pcap', 15],
    ['openssl-assoc-reboot-naive.pcap', 11],
    ['openssl-assoc-reboot-olddata-interleaved.client.pcap', 15],
    ['openssl-assoc-reboot-olddata-interleaved.server.pcap', 15],
    ['mbedtls-reconnect-hard-same-port.pcap', 15],
    ['tinydtls-rehandshake-same-port.pcap', 22],
    ['californium-forced-full-handshake-same-port.pcap', 14],
    ['B_same_5tuple_two_handshakes.pcap', 23],
  ])('%s: the old one is replaced when the new Finished is through, in packet %i', async (file, packet) => {
    const [old, next] = await detailsWithKeys(file);
    expect(old?.relations).toContainEqual(expect.objectContaining({ kind: 'replaced-by', with: 'a2', packet }));
    expect(next?.relations).toContainEqual(expect.objectContaining({ kind: 'replaces', with: 'a1', packet }));
  });

  test.each(['bc-client-reboot-cookie-ignored.client.pcap', 'bc-client-reboot-cookie-ignored.server.pcap'])(
    '%s: a ClientHello that never returns its cookie ends nothing',
    async (file) => {
      const [old, next] = await detailsWithKeys(file);
      expect(old).toMatchObject({ association: { closed: null }, relations: [] });
      expect(next?.relations.map((r) => r.kind)).toEqual(['same-client']);
      expect(next?.relations[0]?.says).toMatch(/a1, which stays valid/);
    },
  );

  test.each(['openssl-assoc-two-in-a-row-sameport.pcap', 'tinydtls-close-then-again.pcap'])(
    '%s: what was closed before is not replaced',
    async (file) => {
      const [old, next] = await detailsWithKeys(file);
      expect(old).toMatchObject({ association: { closed: 'close_notify' }, relations: [] });
      expect(next?.relations).toMatchObject([{ kind: 'same-client', with: 'a1', certainty: 'seen' }]);
    },
  );
});

describe('roles', () => {
  test.each([
    'glare-firefox-both-active-dtls12.answerer.pcap',
    'glare-firefox-both-active-dtls12.offerer.pcap',
    'glare-firefox-both-active.answerer.pcap',
    'glare-firefox-both-active.offerer.pcap',
    'glare-openssl-resolved-dtls12.pcap',
    'glare-openssl-two-associations-dtls12.pcap',
  ])('%s: both ends opened a handshake at once', async (file) => {
    expect(await told(file)).toEqual(['a1 simultaneous a2', 'a2 simultaneous a1']);
  });

  test('a server that opens a handshake after the association was closed has turned the roles', async () => {
    const file = 'glare-openssl-two-associations-dtls12.pcap';
    const session = new Session();
    // The records of the one association first, those of the other ten seconds later.
    const datagrams = await datagramsOf(file);
    const second = (d: (typeof datagrams)[number], i: number): boolean =>
      [1, 2, 5, 6, 9, 10, 13].includes(i) && d.payload.length > 0;
    const late = datagrams.filter(second).map((d) => ({ ...d, timeMs: d.timeMs + 10_000 }));
    await session.open([captureOf([...datagrams.filter((d, i) => !second(d, i)), ...late])], { add: true });
    session.addKeyLog(textOf(known(file).keys ?? ''), 'keys');
    const relations = detailsOf(session).map((d) => d.relations.map((r) => `${r.kind} ${r.with}`));
    expect(relations).toEqual([[], ['role-reversal a1']]);
  });
});

describe('resumption', () => {
  test.each([
    ['openssl-resume-ticket.pcap', 'ticket', 'the same port'],
    ['openssl-resume-sessionid-cbc-etm.pcap', 'session ID', 'the same port'],
    ['openssl-assoc-resume-newport.pcap', 'ticket', 'a new port'],
    ['californium-resume-session-id-new-port.pcap', 'session ID', 'a new port'],
    ['californium-forced-resume-same-port.pcap', 'session ID', 'the same port'],
    ['gnutls-resume.pcap', 'ticket', 'a new port'],
    ['gnutls-resume-noticket.pcap', 'session ID', 'a new port'],
    ['mbedtls-resume-session.pcap', 'session ID', 'a new port'],
    ['wolfssl13-resumption-ticket.pcap', 'ticket', 'a new port'],
    ['wolfssl13-early-data-accepted.pcap', 'ticket', 'a new port'],
  ])('%s: by %s, from %s', async (file, by, from) => {
    const [old, next] = await detailsWithKeys(file);
    const resumes = next?.relations.find((r) => r.kind === 'resumes');
    expect(resumes).toMatchObject({ with: 'a1', certainty: 'seen' });
    expect(resumes?.says).toContain(by);
    expect(resumes?.says).toContain(from);
    expect(old?.relations).toContainEqual(
      expect.objectContaining({ kind: 'resumed-by', with: 'a2', packet: resumes?.packet }),
    );
  });

  test('a PSK from outside resumes nothing', async () => {
    expect(await told('wolfssl13-psk-external.pcap', ['resumes', 'resumed-by'])).toEqual([]);
  });

  test('a ticket that the server refuses resumes nothing', async () => {
    expect(await told('openssl-assoc-server-restart.pcap', ['resumes', 'resumed-by'])).toEqual([]);
  });
});

describe('paths', () => {
  test.each([
    ['openssl-assoc-nat-rebind-client.pcap', 10, /without a connection ID.*Nothing of the server follows/],
    ['F_nat_rebind.pcap', 19, /without a connection ID.*50000 to 10\.0\.0\.2:50077\. The server answers there/],
    ['wolfssl13-cid-rebind.server.pcap', 13, /its connection ID names it.*The server answers there/],
    ['wolfssl13-cid-rebind-not-followed.server.pcap', 13, /its connection ID names it.*Nothing of the server follows/],
    ['wolfssl13-nocid-rebind-dies.server.pcap', 13, /without a connection ID.*Nothing of the server follows/],
    [
      'californium-cid-newport-without-handshake.server.pcap',
      9,
      /its connection ID names it.*The server answers there/,
    ],
    [
      'multihomed-server-other-address-dtls12.pcap',
      2,
      /during the handshake.*The client goes on writing to 10\.9\.1\.1:4433/,
    ],
    [
      'ice-restart-same-dtls-firefox-dtls12.offerer.pcap',
      37,
      /the client from 10\.9\.1\.2:36919.*the server from 10\.9\.0\.2:50898/,
    ],
    ['ice-restart-same-dtls-chromium-firefox.offerer.pcap', 51, /The client goes on writing to 10\.9\.0\.2:50720/],
  ])('%s', async (file, packet, says) => {
    const [only] = await detailsWithKeys(file);
    const moves = only?.relations.filter((r) => r.kind === 'rebinding') ?? [];
    expect(moves).toHaveLength(1);
    expect(moves[0]?.says).toMatch(says);
    expect(moves[0]).toMatchObject({ with: null, packet });
  });

  test('without keys the record numbers tell that an association without hellos goes on with another', async () => {
    const details = detailsOf(await openSession('openssl-assoc-nat-rebind-client.pcap'));
    expect(details.map((d) => d.relations.map((r) => [r.kind, r.with, r.certainty]))).toEqual([
      [],
      [['rebinding', 'a1', 'inferred']],
    ]);
  });

  test('a ClientHello that goes on from another port', async () => {
    expect(await told('openssl-fail-cookie-mismatch-listen.server.pcap')).toEqual(['a2 same-client a1']);
  });
});

describe('state that was lost', () => {
  test('a server that restarted: silent under the old keys, quick with new ones, and the ticket refused', async () => {
    const [old, next] = await detailsWithKeys('openssl-assoc-server-restart.pcap');
    for (const [detail, other] of [
      [old, 'a2'],
      [next, 'a1'],
    ] as const) {
      const restart = detail?.relations.find((r) => r.kind === 'server-restart');
      expect(restart).toMatchObject({ with: other, packet: 12, certainty: 'near-certain' });
      expect(restart?.says).toMatch(/2 records.*refused the session/);
    }
  });

  test.each([
    'openssl-assoc-nat-rebind-then-new.pcap',
    'openssl-assoc-reboot-cookie.pcap',
    'openssl-assoc-two-in-a-row-sameport.pcap',
    'openssl-resume-ticket.pcap',
    'tinydtls-close-then-again.pcap',
  ])('%s: no server restarted', async (file) => {
    expect(await told(file, ['server-restart', 'idle-drop'])).toEqual([]);
  });

  test('after a long silence nobody answers: the same records, moved in time', async () => {
    const file = 'wolfssl13-nocid-rebind-dies.client.pcap';
    const late = await editedCapture(file, (all) =>
      all.map((d) => (d.timeMs > 100 ? { ...d, timeMs: d.timeMs + 90_000 } : d)),
    );
    const session = new Session();
    await session.open([late], { add: true });
    session.addKeyLog(textOf(known(file).keys ?? ''), 'keys');
    const [only] = detailsOf(session);
    expect(only?.relations).toMatchObject([{ kind: 'idle-drop', with: null, packet: 13, certainty: 'inferred' }]);
    expect(only?.relations[0]?.says).toMatch(/^After 90 seconds of silence nothing that the client sent was answered/);
    // As it was recorded, the pause was 0.2 s: too short for that.
    expect(await told(file)).toEqual([]);
  });
});

describe('how it ended', () => {
  test.each([
    ['openssl-assoc-reboot-cookie.pcap', ['replaced', 'close_notify']],
    ['glare-openssl-resolved-dtls12.pcap', ['close_notify', null]],
    ['openssl-server-closes.pcap', ['close_notify']],
    ['openssl-fail-unknown-ca.pcap', ['fatal-alert']],
    ['openssl-no-close.pcap', [null]],
  ])('%s', async (file, closed) => {
    expect((await detailsWithKeys(file)).map((d) => d.association.closed)).toEqual(closed);
  });

  test('without keys, two alerts of one size as the last words are a close_notify and its answer', async () => {
    const details = detailsOf(await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap'));
    expect(details.map((d) => d.association.closed)).toEqual(['close_notify']);
  });

  test('both sides stop, and the capture goes on: silent', async () => {
    const file = 'openssl-no-close.pcap';
    const other = await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
    for (const [pauseMs, closed] of [
      [60_000, 'silent'],
      [5_000, null],
    ] as const) {
      const both = await editedCapture(file, (all) => [
        ...all,
        ...other.map((d) => ({ ...d, timeMs: d.timeMs + pauseMs })),
      ]);
      const session = new Session();
      await session.open([both], { add: true });
      expect(session.trace().associations.map((a) => a.closed)).toEqual([closed, 'close_notify']);
    }
  });
});

test('over the whole collection each kind is found where the scenario has it, and nowhere else', async () => {
  const where: { readonly [kind in RelationView['kind']]?: RegExp } = {
    replaces: /reboot|rehandshake|same-port|rebind-then-new|server-restart|same_5tuple/,
    'replaced-by': /reboot|rehandshake|same-port|rebind-then-new|server-restart|same_5tuple/,
    'role-reversal': /^$/,
    simultaneous: /^glare-/,
    resumes: /resum|early-data-accepted/,
    'resumed-by': /resum|early-data-accepted/,
    'server-restart': /server-restart/,
    rebinding: /rebind|newport-without|multihomed|ice-restart|nat_rebind/,
    'idle-drop': /^$/,
  };
  const astray: string[] = [];
  for (const { file, text, version } of KNOWN) {
    if (text || !version.startsWith('DTLS')) continue;
    for (const told of await kindsOf(file)) if (!(where[told] ?? /./).test(file)) astray.push(`${file}: ${told}`);
  }
  expect(astray).toEqual([]);
}, 120_000);

async function kindsOf(file: string): Promise<RelationView['kind'][]> {
  return (await detailsWithKeys(file)).flatMap((d) => d.relations.map((r) => r.kind));
}

test('thousands of associations on one quartet are related in one go', async () => {
  const [hello] = await datagramsOf('openssl-fail-server-silent.pcap');
  if (!hello) throw new Error('no datagram');
  const count = 3000;
  const hellos = Array.from({ length: count }, (_, i) => {
    const payload = hello.payload.slice();
    // The random, after the headers of record and handshake and client_version.
    new DataView(payload.buffer).setUint32(13 + 12 + 2, i);
    return { ...hello, timeMs: i, payload };
  });
  const session = new Session();
  await session.open([captureOf(hellos)], { add: true });
  const { associations } = session.trace();
  expect(associations).toHaveLength(count);
  expect(session.association(`a${count}`)?.relations).toMatchObject([{ kind: 'same-client', with: `a${count - 1}` }]);
}, 60_000);
