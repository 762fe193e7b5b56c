/** What the connectivity checks of ICE say on one pair of endpoints (RFC 8445 §7, RFC 8489 §5). Binding alone counts. */
import { uint8, uint16 } from './big-endian.ts';
import type { Datagram } from './datagram.ts';
import { type Direction, Flows } from './flow.ts';
import { STUN_ATTRIBUTE, type StunAttribute, stunAttributes } from './stun.ts';

/**
 * `nomination`: a request with USE-CANDIDATE. `dtls-offered`: a message with the attribute for DTLS flights, perhaps
 * empty; `dtls-carried`: one that carries a flight or a part of it.
 */
export type StunKind = 'request' | 'success' | 'error' | 'indication' | 'nomination' | 'dtls-offered' | 'dtls-carried';
export type BindingKind = 'request' | 'success' | 'error' | 'indication';

export interface StunCheck {
  readonly timeNs: bigint;
  readonly packet: number;
  readonly direction: Direction;
  readonly kind: BindingKind;
  /** ERROR-CODE of an error, such as 487 (Role Conflict); null else. */
  readonly code: number | null;
}

/** The first request of a sender with these user fragments: a later one with others is an ICE restart (RFC 8445 §9). */
export interface StunUsername {
  readonly timeNs: bigint;
  readonly packet: number;
  readonly direction: Direction;
  /** Of receiver and sender, cut to eight characters each: "ufrg:ufrg". */
  readonly ufrags: string;
}

export interface StunChecks {
  readonly flows: Flows<StunKind>;
  /** Some of the checks, evenly over the time; the first ones are all there. */
  readonly checks: readonly StunCheck[];
  readonly usernames: readonly StunUsername[];
  /** Who said last that it is the controlling one (RFC 8445 §7.1.1). */
  readonly controlling: Direction | null;
}

/** The four classes of the Binding method. */
const BINDING: ReadonlyMap<number, BindingKind> = new Map([
  [0x0001, 'request'],
  [0x0011, 'indication'],
  [0x0101, 'success'],
  [0x0111, 'error'],
]);

const USERNAME = 0x0006;
const ERROR_CODE = 0x0009;
const USE_CANDIDATE = 0x0025;
const ICE_CONTROLLED = 0x8029;
const ICE_CONTROLLING = 0x802a;

/** All of the first ones, then fewer and fewer of the rest. */
const FIRST_CHECKS = 64;
const MORE_CHECKS = 192;
const MOST_USERNAMES = 32;
const UFRAG_LENGTH = 8;

export class StunCounter implements StunChecks {
  readonly flows = new Flows<StunKind>();
  readonly usernames: StunUsername[] = [];
  controlling: Direction | null = null;
  readonly #first: StunCheck[] = [];
  #more: StunCheck[] = [];
  #stride = 1;
  #skipped = 0;
  /** By direction. */
  readonly #lastUsername = ['', ''];

  get checks(): readonly StunCheck[] {
    return [...this.#first, ...this.#more];
  }

  /** False for messages of other methods, such as those of TURN. */
  see(datagram: Datagram, direction: Direction): boolean {
    const { payload, packet, timeNs, missing } = datagram;
    const kind = BINDING.get(uint16(payload, 0));
    if (!kind) return false;
    const length = payload.length + missing;
    const count = (what: StunKind) => this.flows.see(what, direction, packet, timeNs, length);
    count(kind);
    let code: number | null = null;
    for (const attribute of stunAttributes(payload)) {
      const { type, from, to } = attribute;
      if (type === ERROR_CODE && kind === 'error') code = uint8(payload, from + 2) * 100 + uint8(payload, from + 3);
      if (type === STUN_ATTRIBUTE.dtls) {
        count('dtls-offered');
        if (to > from) count('dtls-carried');
      }
      if (kind !== 'request') continue;
      if (type === USE_CANDIDATE) count('nomination');
      if (type === ICE_CONTROLLING) this.controlling = direction;
      if (type === ICE_CONTROLLED && this.controlling === null) this.controlling = direction === 0 ? 1 : 0;
      if (type === USERNAME) this.#username(datagram, direction, attribute);
    }
    this.#note({ timeNs, packet, direction, kind, code });
    return true;
  }

  #note(check: StunCheck): void {
    if (this.#first.length < FIRST_CHECKS) {
      this.#first.push(check);
      return;
    }
    this.#skipped++;
    if (this.#skipped < this.#stride) return;
    this.#skipped = 0;
    this.#more.push(check);
    if (this.#more.length < MORE_CHECKS) return;
    this.#more = this.#more.filter((_, i) => i % 2 === 1);
    this.#stride *= 2;
  }

  #username({ payload, packet, timeNs }: Datagram, direction: Direction, { from, to }: StunAttribute): void {
    const name = printable(payload, from, Math.min(to, payload.length));
    if (name === this.#lastUsername[direction]) return;
    this.#lastUsername[direction] = name;
    if (this.usernames.length >= MOST_USERNAMES) return;
    const ufrags = name.split(':', 2).map((ufrag) => ufrag.slice(0, UFRAG_LENGTH));
    this.usernames.push({ timeNs, packet, direction, ufrags: ufrags.join(':') });
  }
}

/** ICE has letters, digits, "+" and "/" alone (RFC 8839 §5.4). */
function printable(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) {
    const byte = uint8(bytes, at);
    text += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?';
  }
  return text;
}
