/**
 * Captures of the collection, damaged by chance: bytes, lengths, order, addresses and times. The same seed gives the
 * same mutant, so that one that breaks something can be made again.
 */
import type { CaptureSource } from '../src/capture/datagram.ts';
import { bytesOf, known, sourceOfBytes, textOf } from './captures.ts';
import { captureOf, datagramsOf, type EditedDatagram } from './edited-capture.ts';
import type { HostileInput } from './hostile-shapes.ts';

/** Versions, stacks and kinds of every sort; two files are two capture points of one run. */
const ORIGINALS: readonly (readonly [string, ...string[]])[] = [
  ['openssl-ecdhe-ecdsa-aes128-gcm.pcap'],
  ['openssl-bigchain-mtu512.pcap'],
  ['openssl-psk-aes128-ccm8.pcap'],
  ['openssl-fail-psk-wrong-key.pcap'],
  ['openssl-fail-unknown-ca.pcap'],
  ['openssl-resume-ticket.pcap'],
  ['openssl-reneg-client.pcap'],
  ['openssl-dtls10-ecdhe-rsa-aes128-sha.pcap'],
  ['openssl-loss-final-flight-x3.client.pcap'],
  ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.server.pcap'],
  ['openssl-reorder-cert-fragments.client.pcap', 'openssl-reorder-cert-fragments.server.pcap'],
  ['openssl-rand50-seed3.client.pcap', 'openssl-rand50-seed3.server.pcap'],
  ['openssl-assoc-nat-rebind-client.pcap'],
  ['openssl-assoc-reboot-cookie.pcap'],
  ['openssl-dup-appdata-replay.server.pcap'],
  ['A1_frag_tail_first.pcap'],
  ['gnutls-nocookie.pcap'],
  ['mbedtls-frag-mtu512-rsa.pcap'],
  ['pion12-webrtc-mutual.pcap'],
  ['firefox-webrtc-dc.pcap'],
  ['rtc-new-association-same-ports-firefox.answerer.pcap', 'rtc-new-association-same-ports-firefox.offerer.pcap'],
  ['nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap'],
  ['wolfssl12-cid-rebind.client.pcap'],
  ['tinydtls-close-then-again.pcap'],
  ['wolfssl13-clean-aes128gcm.pcap'],
  ['wolfssl13-hrr-group.pcap'],
  ['wolfssl13-cid-rebind.server.pcap'],
  ['wolfssl13-cid-keyupdate-chacha.pcap'],
  ['wolfssl13-early-data-accepted.pcap'],
  ['wolfssl13-resumption-ticket.pcap'],
  ['wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap'],
  ['wolfssl13-loss20-seed7.client.pcap', 'wolfssl13-loss20-seed7.server.pcap'],
];

/** More than one makes no other mutant, and reading it takes longer. */
const MOST_DATAGRAMS = 120;

export interface Mutant {
  readonly name: string;
  readonly input: HostileInput;
}

/** Numbers below a bound, in a fixed order (mulberry32). */
export type Chance = (bound: number) => number;

export function chanceOf(seed: number): Chance {
  let state = (seed * 0x9e3779b9) >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

type Mutate = (datagrams: EditedDatagram[], chance: Chance) => EditedDatagram[];

const at = <T>(all: readonly T[], chance: Chance): number => chance(Math.max(1, all.length));

/** One datagram in its place made anew. */
function one(edit: (d: EditedDatagram, chance: Chance) => EditedDatagram | readonly EditedDatagram[]): Mutate {
  return (all, chance) => {
    const place = at(all, chance);
    return all.flatMap((d, i) => (i === place ? edit(d, chance) : d));
  };
}

function bytes(edit: (payload: Uint8Array, chance: Chance) => void): Mutate {
  return one((d, chance) => {
    const payload = d.payload.slice();
    if (payload.length > 0) edit(payload, chance);
    return { ...d, payload };
  });
}

const YEAR_MS = 365 * 86_400_000;
const DAMAGED_HEADERS = 25;

const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'flip a byte': bytes((p, chance) => {
    const i = chance(p.length);
    p[i] = (p[i] ?? 0) ^ (1 << chance(8));
  }),
  'flip a byte of a header': bytes((p, chance) => {
    const i = chance(Math.min(p.length, DAMAGED_HEADERS));
    p[i] = chance(256);
  }),
  'extreme bytes': bytes((p, chance) => {
    const i = chance(Math.min(p.length, 60));
    p.fill(chance(2) ? 0xff : 0, i, i + 1 + chance(6));
  }),
  'a length': bytes((p, chance) => {
    const i = [11, 14, 19, 22, 16][chance(5)] ?? 11;
    if (i + 1 < p.length) p[i + chance(2)] = chance(256);
  }),
  'an epoch or number': bytes((p, chance) => {
    const i = 3 + chance(8);
    if (i < p.length) p[i] = [0, 1, 2, 3, 255, chance(256)][chance(6)] ?? 0;
  }),
  'a content type': bytes((p, chance) => {
    p[0] = [20, 21, 22, 23, 24, 25, 26, 0x2c, 0x3f][chance(9)] ?? 20;
  }),
  'a version': bytes((p, chance) => {
    if (p.length > 2) p[2] = [0xfd, 0xfe, 0xff, 0xfc, chance(256)][chance(5)] ?? 0;
  }),
  'a message type or message_seq': bytes((p, chance) => {
    const i = [13, 17, 18][chance(3)] ?? 13;
    if (i < p.length) p[i] = chance(26);
  }),
  cut: one((d, chance) => ({ ...d, payload: d.payload.slice(0, chance(d.payload.length + 1)) })),
  'cut in two': one((d, chance) => {
    const cut = chance(d.payload.length + 1);
    return [
      { ...d, payload: d.payload.slice(0, cut) },
      { ...d, payload: d.payload.slice(cut) },
    ];
  }),
  'longer by what follows': (all, chance) => {
    const next = all[at(all, chance)]?.payload ?? new Uint8Array(0);
    return one((d) => ({ ...d, payload: Uint8Array.from([...d.payload, ...next]) }))(all, chance);
  },
  duplicate: one((d, chance) => Array.from({ length: 2 + chance(4) }, () => d)),
  'duplicate later': (all, chance) => {
    const d = all[at(all, chance)];
    return d ? all.toSpliced(at(all, chance), 0, { ...d, timeMs: d.timeMs + chance(5000) }) : all;
  },
  'all of it again, later': (all, chance) => {
    const shift = (all.at(-1)?.timeMs ?? 0) + 1 + chance(100_000);
    return [...all, ...all.map((d) => ({ ...d, timeMs: d.timeMs + shift }))];
  },
  drop: one(() => []),
  'drop a run': (all, chance) => all.toSpliced(at(all, chance), 1 + chance(6)),
  'drop one side': (all, chance) => {
    const port = all[at(all, chance)]?.source.port;
    return all.filter((d) => d.source.port !== port);
  },
  'drop the beginning': (all, chance) => all.slice(chance(all.length)),
  'drop the end': (all, chance) => all.slice(0, 1 + chance(all.length)),
  swap: (all, chance) => {
    const [i, j] = [at(all, chance), at(all, chance)];
    return all.map((d, k) => (k === i ? (all[j] ?? d) : k === j ? (all[i] ?? d) : d));
  },
  'payloads in another order': (all, chance) => {
    const from = at(all, chance);
    const run = all.slice(from, from + 2 + chance(8));
    const payloads = run.map((d) => d.payload).reverse();
    return all.toSpliced(from, run.length, ...run.map((d, i) => ({ ...d, payload: payloads[i] ?? d.payload })));
  },
  'the file backwards': (all) => all.toReversed(),
  'source and destination': one((d) => ({ ...d, source: d.destination, destination: d.source })),
  'source and destination of all': (all) => all.map((d) => ({ ...d, source: d.destination, destination: d.source })),
  'sent to itself': one((d) => ({ ...d, destination: d.source })),
  'another port from here on': (all, chance) => {
    const from = at(all, chance);
    const old = all[from]?.source.port;
    const port = chance(65_536);
    return all.map((d, i) => {
      if (i < from) return d;
      if (d.source.port === old) return { ...d, source: { ...d.source, port } };
      return d.destination.port === old ? { ...d, destination: { ...d.destination, port } } : d;
    });
  },
  'a time backwards': one((d, chance) => ({ ...d, timeMs: Math.max(0, d.timeMs - chance(20_000)) })),
  'times backwards from here on': (all, chance) => {
    const from = at(all, chance);
    const shift = chance(60_000);
    return all.map((d, i) => (i < from ? d : { ...d, timeMs: Math.max(0, d.timeMs - shift) }));
  },
  'the same time for all': (all) => all.map((d) => ({ ...d, timeMs: 0 })),
  'years apart': (all, chance) => {
    const from = at(all, chance);
    return all.map((d, i) => (i < from ? d : { ...d, timeMs: d.timeMs + YEAR_MS * (1 + chance(20)) }));
  },
  'a pause': (all, chance) => {
    const from = at(all, chance);
    const pause = chance(200_000);
    return all.map((d, i) => (i < from ? d : { ...d, timeMs: d.timeMs + pause }));
  },
  'stretched time': (all, chance) => {
    const factor = [0.001, 10, 1000][chance(3)] ?? 1;
    return all.map((d) => ({ ...d, timeMs: d.timeMs * factor }));
  },
  'another time to live': one((d, chance) => ({ ...d, ttl: chance(256), id: chance(65_536) })),
};

const NAMES = Object.keys(MUTATIONS);

const read = new Map<string, Promise<readonly EditedDatagram[]>>();

function originalOf(file: string): Promise<readonly EditedDatagram[]> {
  const before = read.get(file);
  if (before) return before;
  const datagrams = datagramsOf(file).then((all) => all.slice(0, MOST_DATAGRAMS));
  read.set(file, datagrams);
  return datagrams;
}

const chosen = <T>(all: readonly [T, ...T[]] | readonly T[], chance: Chance): T => {
  const found = all[chance(all.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
};

export async function mutant(seed: number): Promise<Mutant> {
  const chance = chanceOf(seed);
  const files = chosen(ORIGINALS, chance);
  const steps: string[] = [];
  const captures: CaptureSource[] = [];
  // Of two points both are damaged, each in its own way, or one alone.
  for (const [i, file] of files.entries()) {
    if (chance(12) === 0) {
      captures.push(damagedFile(file, chance));
      steps.push('bytes of the file');
      continue;
    }
    let datagrams = [...(await originalOf(file))];
    const count = i > 0 && chance(2) ? 0 : 1 + chance(4);
    for (let k = 0; k < count; k++) {
      const name = chance(NAMES.length + 2);
      if (name >= NAMES.length) {
        const other = await originalOf(chosen(chosen(ORIGINALS, chance), chance));
        datagrams = spliced(datagrams, other, chance);
        steps.push('spliced with another');
        continue;
      }
      const step = NAMES[name] ?? '';
      datagrams = MUTATIONS[step]?.(datagrams, chance) ?? datagrams;
      steps.push(step);
    }
    captures.push(captureOf(datagrams, file));
  }
  const keyFile = known(files[0]).keys;
  const keys = keyFile && chance(3) ? textOf(keyFile) : null;
  return {
    name: `${seed}: ${files.join(' + ')}${keys ? ' with keys' : ''}: ${steps.join(', ')}`,
    input: { captures, keys },
  };
}

/** One capture after the other, between, or on the ports of the other. */
function spliced(mine: readonly EditedDatagram[], other: readonly EditedDatagram[], chance: Chance): EditedDatagram[] {
  const part = other.slice(chance(other.length));
  const place = at(mine, chance);
  const [a, b] = [mine[0], part[0]];
  if (!a || !b || chance(2)) return mine.toSpliced(place, 0, ...part);
  const onMine = part.map((d) => ({
    ...d,
    timeMs: d.timeMs + a.timeMs,
    ...(d.source.port === b.source.port
      ? { source: a.source, destination: a.destination }
      : { source: a.destination, destination: a.source }),
  }));
  return mine.toSpliced(place, 0, ...onMine);
}

function damagedFile(file: string, chance: Chance): CaptureSource {
  const whole = bytesOf(file);
  const damaged = whole.slice(0, chance(4) ? whole.length : 1 + chance(whole.length));
  for (let k = 1 + chance(20); k > 0; k--) {
    const i = chance(chance(2) ? damaged.length : Math.min(damaged.length, 200));
    damaged[i] = chance(3) ? (damaged[i] ?? 0) ^ (1 << chance(8)) : chance(256);
  }
  return sourceOfBytes(file, damaged, 1 + chance(5000));
}
