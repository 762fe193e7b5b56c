/** Captures of every container and link type, and texts with bytes in them. */
import type { Datagram } from '../../../src/capture/datagram.ts';
import { LINK_LAYERS } from '../../../src/capture/link.ts';
import { isFailure, readCapture } from '../../../src/capture/open.ts';
import { emptyPacket, NO_CLOCK } from '../../../src/capture/packet.ts';
import { PacketDecoder } from '../../../src/capture/packet-decoder.ts';
import { ProblemList } from '../../../src/capture/problems.ts';
import { readText } from '../../../src/capture/text/text-capture.ts';
import { concat } from '../../../src/wire/text.ts';
import { sourceOfBytes } from '../../captures.ts';
import { type Entry, must } from '../entry.ts';
import { beginning, fileBytes, filesWith, framesOf } from '../seeds.ts';
import { within } from '../soundness.ts';

/** Layers and tunnels: the files are named for them, the handshakes inside are all alike. */
const captures = () => filesWith('.pcap', '.pcapng', '.gz').map(fileBytes);

function soundDatagrams(datagrams: readonly Datagram[], inputLength: number | null): void {
  for (const { payload, pieces, missing, carriers } of datagrams) {
    must(missing >= 0, 'bytes are missing, and fewer than none');
    must(carriers.length < 64, 'there are more carriers than layers are read');
    within(
      pieces.map(({ from, length }) => ({ from, to: from + length })),
      payload.length,
    );
    if (inputLength !== null)
      within(
        pieces.map(({ fileOffset, length }) => ({ from: fileOffset, to: fileOffset + length })),
        inputLength,
      );
  }
}

/** Bytes alone: addresses and pieces come once for each datagram. */
const told = (datagrams: readonly Datagram[]) =>
  datagrams.map(({ source, tag, carriers, comments }) => [source, tag, carriers, comments]);

const file: Entry = {
  name: 'capture',
  form: 'bytes',
  seeds: () => captures().map((bytes) => beginning(bytes, 6, 3000)),
  growth: (length) => 50_000 + 300 * length,
  async read(input) {
    const datagrams: Datagram[] = [];
    const facts = await readCapture(sourceOfBytes('x', input, 1 + (input[7] ?? 0) * 40), 0, {
      datagram: (datagram) => datagrams.push(datagram),
      keyLog: () => {},
    });
    // A packed file counts in what it unpacks to, a text too in the capture that it is a dump of.
    const plain =
      !isFailure(facts) && facts.format !== 'hex' && !(input[0] === 0x1f && input[1] === 0x8b) && isBinary(input);
    soundDatagrams(datagrams, plain ? input.length : null);
    if (plain)
      within(
        facts.problems.map(({ offset }) => ({ from: offset, to: offset })),
        input.length,
      );
    return [facts, told(datagrams)];
  },
};

const isBinary = (input: Uint8Array): boolean => input.subarray(0, 4).some((byte) => byte > 0x7e);

const LINKS = [...LINK_LAYERS.keys(), 147];

/** A link type (one byte of its place in the table), then frames, each with a length of two bytes. */
const packets: Entry = {
  name: 'packets',
  form: 'bytes',
  seeds: () =>
    captures().flatMap((bytes) => {
      const found = framesOf(bytes, 5);
      if (!found) return [];
      const link = Math.max(0, LINKS.indexOf(found.linkType));
      const frames = found.frames.flatMap((frame) => [
        Uint8Array.of(frame.length >> 8, frame.length & 255),
        frame.subarray(0, 400),
      ]);
      return [concat(Uint8Array.of(link), ...frames)];
    }),
  growth: (length) => 20_000 + 400 * length,
  read(input) {
    const datagrams: Datagram[] = [];
    const problems = new ProblemList();
    const decoder = new PacketDecoder(0, { datagram: (d) => datagrams.push(d), keyLog: () => {} }, problems);
    const packet = emptyPacket();
    const linkType = LINKS[(input[0] ?? 0) % LINKS.length] ?? 1;
    for (let at = 1, number = 1; at < input.length; number++) {
      const length = ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0);
      const from = Math.min(at + 2, input.length);
      const to = Math.min(input.length, from + Math.min(length, 400));
      decoder.packet(
        Object.assign(packet, {
          number,
          bytes: input,
          from,
          to,
          fileOffset: from,
          originalLength: length,
          linkType,
          clock: NO_CLOCK,
        }),
      );
      at = to;
    }
    decoder.end();
    soundDatagrams(datagrams, input.length);
    within(
      problems.list.map(({ offset }) => ({ from: offset, to: offset })),
      input.length,
    );
    return [problems.list, decoder.surroundings(), told(datagrams)];
  },
};

const text: Entry = {
  name: 'hex-text',
  form: 'text',
  seeds: () =>
    filesWith('.txt', '.json')
      .filter((path) => !/MANIFEST|index\.json/.test(path))
      .map((path) => fileBytes(path).slice(0, 3500)),
  growth: (length) => 50_000 + 300 * length,
  read(input) {
    const datagrams: Datagram[] = [];
    const keys: string[] = [];
    const result = readText('x', input, 0, { datagram: (d) => datagrams.push(d), keyLog: (log) => keys.push(log) });
    soundDatagrams(datagrams, null);
    if ('problems' in result)
      within(
        result.problems.map(({ offset }) => ({ from: offset, to: offset })),
        input.length,
      );
    return [result, told(datagrams), keys];
  },
};

export const CAPTURE_ENTRIES: readonly Entry[] = [file, packets, text];
