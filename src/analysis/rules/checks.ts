/** Recomputed checks of single messages, as rules ask for them: signatures are dear, so a trace has a budget for them. */
import { HANDSHAKE_TYPE } from '../../dtls/registry.ts';
import type { Sender, VerificationView } from '../trace.ts';
import { verificationOf } from '../verification.ts';
import type { Subject } from './subject.ts';
import type { TraceSubject } from './trace-subject.ts';

/** Some milliseconds each: thousands of failing handshakes must not take minutes. */
const MAX_SIGNATURES = 200;

/** Which were checked, so that who asks again hears the same. */
const checked = new WeakMap<TraceSubject, Set<MessagePlace>>();

/** Association, record and kind of check. */
type MessagePlace = `${number} ${number} ${string}`;

const TYPES = {
  'PSK binder': HANDSHAKE_TYPE.clientHello,
  Finished: HANDSHAKE_TYPE.finished,
  ServerKeyExchange: HANDSHAKE_TYPE.serverKeyExchange,
  CertificateVerify: HANDSHAKE_TYPE.certificateVerify,
} as const;

/** Of the first handshake; undefined where there is nothing to check, or too much was checked in this trace. */
export function checkOf(subject: Subject, what: keyof typeof TYPES, sender: Sender): VerificationView | undefined {
  const handshake = subject.analysed.handshakes[0]?.state;
  const side = sender === 'client' ? 0 : 1;
  // Of two ClientHellos the one with the cookie counts.
  const message = handshake?.messages.findLast(
    (m) => m.side === side && m.type === TYPES[what] && m.completedBy !== null,
  );
  if (!handshake || !message || !affordable(subject, message.completedBy ?? 0, what)) return undefined;
  return verificationOf(subject.analysed.state, handshake, message) ?? undefined;
}

function affordable({ all, analysed }: Subject, record: number, what: keyof typeof TYPES): boolean {
  if (what === 'Finished' || what === 'PSK binder') return true;
  const known = checked.get(all) ?? new Set();
  checked.set(all, known);
  const place: MessagePlace = `${analysed.state.index} ${record} ${what}`;
  if (!known.has(place) && known.size >= MAX_SIGNATURES) return false;
  known.add(place);
  return true;
}
