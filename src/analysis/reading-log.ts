/**
 * What was read of the handshakes of one association, as bytes in the order in which it was read: a tenth of what the
 * messages take once they are decoded, which can be made from it again.
 */
import type { AssociationReading, ReadFragment } from './association-reading.ts';
import type { Carried } from './carried.ts';
import type { Unnumbered } from './handshake-state.ts';
import type { LogStore, Slot } from './log-store.ts';

/** What an entry begins with. */
const ENTRY = { fragment: 0, item: 1, unnumbered: 2 } as const;
/** Entry, flags, message type; record, epoch, handshake; message_seq; the length and where the fragment lies; its body. */
const FRAGMENT_HEADER = 3 + 3 * 4 + 2 + 4 * 4;
/** Entry; record, or number of the handshake; length of what follows. */
const TEXT_HEADER = 1 + 2 * 4;
/** Places are beyond 32 bits in a log of gigabytes. */
const NEXT_BYTES = 8;
const SERVER = 1;
const USABLE = 2;

export class ReadingLog {
  readonly #store: LogStore;
  /** Where the first and the last entry lie in the store; each begins with the place of the next. */
  #first = -1;
  #last = -1;

  constructor(store: LogStore) {
    this.#store = store;
  }

  addFragment(fragment: ReadFragment): void {
    const { body } = fragment;
    const { bytes, view, at } = this.#room(FRAGMENT_HEADER + body.length);
    bytes[at] = ENTRY.fragment;
    bytes[at + 1] = (fragment.side === 1 ? SERVER : 0) | (fragment.usable ? USABLE : 0);
    bytes[at + 2] = fragment.msgType;
    view.setUint32(at + 3, fragment.record);
    view.setUint32(at + 7, fragment.epoch);
    view.setUint32(at + 11, fragment.handshake);
    view.setUint16(at + 15, fragment.messageSeq);
    view.setUint32(at + 17, fragment.length);
    view.setUint32(at + 21, fragment.fragmentOffset);
    view.setUint32(at + 25, fragment.fragmentLength);
    view.setUint32(at + 29, body.length);
    bytes.set(body, at + FRAGMENT_HEADER);
  }

  addItem(record: number, item: Carried): void {
    this.#addText(ENTRY.item, record, item);
  }

  addUnnumbered(handshake: number, unnumbered: Unnumbered): void {
    this.#addText(ENTRY.unnumbered, handshake, unnumbered);
  }

  /** All that was read, once more, in the same order. */
  replay(reading: AssociationReading): void {
    for (let place = this.#first; place >= 0; ) {
      const slot = this.#entryAt(place);
      const { bytes, view, at } = slot;
      place = place === this.#last ? -1 : view.getFloat64(at - NEXT_BYTES);
      const kind = bytes[at];
      if (kind === ENTRY.fragment) {
        reading.addFragment(fragmentAt(slot));
        continue;
      }
      const name = view.getUint32(at + 1);
      const from = at + TEXT_HEADER;
      const value: unknown = JSON.parse(DECODER.decode(bytes.subarray(from, from + view.getUint32(at + 5))));
      // Nobody but `addItem` and `addUnnumbered` wrote it.
      if (kind === ENTRY.item) reading.addItem(name, value as Carried);
      else reading.addUnnumbered(name, value as Unnumbered);
    }
  }

  #addText(kind: number, name: number, value: unknown): void {
    const text = ENCODER.encode(JSON.stringify(value));
    const { bytes, view, at } = this.#room(TEXT_HEADER + text.length);
    bytes[at] = kind;
    view.setUint32(at + 1, name);
    view.setUint32(at + 5, text.length);
    bytes.set(text, at + TEXT_HEADER);
  }

  #room(length: number): Slot {
    const place = this.#store.reserve(NEXT_BYTES + length);
    if (this.#first < 0) this.#first = place;
    else {
      const { view, at } = this.#entryAt(this.#last);
      view.setFloat64(at - NEXT_BYTES, place);
    }
    this.#last = place;
    return this.#entryAt(place);
  }

  /** What it says, behind the place of the next one. */
  #entryAt(place: number): Slot {
    const { bytes, view, at } = this.#store.at(place);
    return { bytes, view, at: at + NEXT_BYTES };
  }
}

function fragmentAt({ bytes, view, at }: Slot): ReadFragment {
  const flags = bytes[at + 1] ?? 0;
  const from = at + FRAGMENT_HEADER;
  return {
    side: (flags & SERVER) === 0 ? 0 : 1,
    usable: (flags & USABLE) !== 0,
    msgType: bytes[at + 2] ?? 0,
    record: view.getUint32(at + 3),
    epoch: view.getUint32(at + 7),
    handshake: view.getUint32(at + 11),
    messageSeq: view.getUint16(at + 15),
    length: view.getUint32(at + 17),
    fragmentOffset: view.getUint32(at + 21),
    fragmentLength: view.getUint32(at + 25),
    body: bytes.subarray(from, from + view.getUint32(at + 29)),
  };
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
