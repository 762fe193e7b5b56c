/**
 * What was read of the handshakes of one association, as bytes in the order in which it was read: a tenth of what the
 * messages take once they are decoded, which can be made from it again. What repeats takes a small mark each time: a
 * fragment whose bytes are there already (`placed-fragments.ts`), and a text that was kept lately (`log-store.ts`).
 */
import type { AssociationReading, PlacedFragment } from './association-reading.ts';
import type { Carried } from './carried.ts';
import type { Unnumbered } from './handshake-state.ts';
import type { LogStore, Slot } from './log-store.ts';
import { fragmentSize, readFragment, writeFragment } from './placed-fragments.ts';

/** What an entry begins with. */
const ENTRY = { fragment: 0, item: 1, sameItem: 2, unnumbered: 3 } as const;
/** Places are beyond 32 bits in a log of gigabytes. */
const PLACE_BYTES = 8;
/** Entry and record; where the text lies that follows, or one like it; its length. */
const ITEM_HEADER = 1 + 4;
const TEXT_HEADER = 4;
/** Entry; number of the handshake; kind and side; record. */
const UNNUMBERED_BYTES = 1 + 4 + 1 + 4;
const SERVER = 0x80;
/** Those that are read off records; an ACK is noted when all was read. */
const UNNUMBERED_KINDS: readonly Unnumbered['kind'][] = ['changeCipherSpec', 'closed', 'finished', 'ack'];

export class ReadingLog {
  readonly #store: LogStore;
  /** Where the first and the last entry lie in the store; each begins with the place of the next. */
  #first = -1;
  #last = -1;

  constructor(store: LogStore) {
    this.#store = store;
  }

  addFragment(fragment: PlacedFragment): void {
    const { bytes, view, at } = this.#room(1 + fragmentSize(fragment));
    bytes[at] = ENTRY.fragment;
    writeFragment({ bytes, view, at: at + 1 }, fragment);
  }

  addItem(record: number, item: Carried): void {
    const text = JSON.stringify(item);
    const same = this.#store.recent.find(text);
    if (same !== undefined) {
      const { bytes, view, at } = this.#room(ITEM_HEADER + PLACE_BYTES);
      bytes[at] = ENTRY.sameItem;
      view.setUint32(at + 1, record);
      view.setFloat64(at + ITEM_HEADER, same);
      return;
    }
    const encoded = ENCODER.encode(text);
    const { bytes, view, at } = this.#room(ITEM_HEADER + TEXT_HEADER + encoded.length);
    bytes[at] = ENTRY.item;
    view.setUint32(at + 1, record);
    view.setUint32(at + ITEM_HEADER, encoded.length);
    bytes.set(encoded, at + ITEM_HEADER + TEXT_HEADER);
    this.#store.recent.note(text, this.#last + PLACE_BYTES + ITEM_HEADER);
  }

  addUnnumbered(handshake: number, { kind, side, record }: Omit<Unnumbered, 'names'>): void {
    const { bytes, view, at } = this.#room(UNNUMBERED_BYTES);
    bytes[at] = ENTRY.unnumbered;
    view.setUint32(at + 1, handshake);
    bytes[at + 5] = UNNUMBERED_KINDS.indexOf(kind) | (side === 1 ? SERVER : 0);
    view.setUint32(at + 6, record);
  }

  /** All that was read, once more, in the same order. */
  replay(reading: AssociationReading): void {
    const headerOf = (handshake: number, place: number) => reading.messageAt(handshake, place);
    for (let place = this.#first; place >= 0; ) {
      const { bytes, view, at } = this.#entryAt(place);
      place = place === this.#last ? -1 : view.getFloat64(at - PLACE_BYTES);
      const kind = bytes[at];
      if (kind === ENTRY.fragment) reading.addFragment(readFragment({ bytes, view, at: at + 1 }, headerOf));
      else if (kind === ENTRY.unnumbered) reading.addUnnumbered(view.getUint32(at + 1), unnumberedAt(bytes, view, at));
      else {
        const text =
          kind === ENTRY.item
            ? { bytes, view, at: at + ITEM_HEADER }
            : this.#store.at(view.getFloat64(at + ITEM_HEADER));
        reading.addItem(view.getUint32(at + 1), itemAt(text));
      }
    }
  }

  #room(length: number): Slot {
    const place = this.#store.reserve(PLACE_BYTES + length);
    if (this.#first < 0) this.#first = place;
    else {
      const { view, at } = this.#entryAt(this.#last);
      view.setFloat64(at - PLACE_BYTES, place);
    }
    this.#last = place;
    return this.#entryAt(place);
  }

  /** What it says, behind the place of the next one. */
  #entryAt(place: number): Slot {
    const { bytes, view, at } = this.#store.at(place);
    return { bytes, view, at: at + PLACE_BYTES };
  }
}

function unnumberedAt(bytes: Uint8Array, view: DataView, at: number): Unnumbered {
  const told = bytes[at + 5] ?? 0;
  const kind = UNNUMBERED_KINDS[told & ~SERVER] ?? 'closed';
  return { kind, side: (told & SERVER) === 0 ? 0 : 1, record: view.getUint32(at + 6) };
}

/** Nobody but `addItem` wrote it. */
function itemAt({ bytes, view, at }: Slot): Carried {
  const from = at + TEXT_HEADER;
  return JSON.parse(DECODER.decode(bytes.subarray(from, from + view.getUint32(at)))) as Carried;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
