/**
 * A client's Finished that the server does not accept, where both must know a secret beforehand: with a wrong key it
 * cannot be read, and then servers either say so or drop it as RFC 6347 §4.1.2.7 allows.
 */
import { sameBytes } from '../../../wire/text.ts';
import type { FlightView, TransmissionView } from '../../trace.ts';
import { checkOf } from '../checks.ts';
import type { EndingAlert, Subject } from '../subject.ts';

export interface RefusedFinished {
  readonly flight: FlightView;
  /** Transmissions with all of the client's flight, that nothing shows to be lost. */
  readonly attempts: readonly [TransmissionView, ...TransmissionView[]];
  /** The server's answer; null where it says nothing to it. */
  readonly alert: EndingAlert | null;
  /** When the server sent its own flight again after that, as if none had come. */
  readonly serverRepeats: readonly TransmissionView[];
  /** Whether the client's flight got to the server, as far as the place of the capture tells. */
  readonly arrived: 'surely' | 'probably' | 'unknown';
}

/** bad_record_mac, decryption_failed, decrypt_error. */
const CANNOT_READ: readonly number[] = [20, 21, 51];
/** A server that is not heard for this long after a flight that it has to answer at once does not answer. */
const LONG_SILENCE_MS = 3000;

/** Null where the server accepted it, failed for another reason, or where it is too early to tell. */
export function refusedFinished(subject: Subject): RefusedFinished | null {
  if (subject.is13 || !subject.unfinished) return null;
  const flight = subject.flightWith('ClientKeyExchange', 'client');
  if (!flight?.messages.includes('Finished')) return null;
  if (subject.flights.some((f) => f.sender === 'server' && f.messages.includes('ChangeCipherSpec'))) return null;
  const [first, ...others] = flight.transmissions.filter((t) => t.complete && !isLost(subject, t));
  if (!first) return null;
  const attempts = [first, ...others] as const;
  const arrived = arrival(subject);
  const own = subject.flight(flight.number - 1)?.transmissions ?? [];
  const serverRepeats = own.filter((t) => t.number > 1 && t.startMs > first.endMs);
  const found = { flight, attempts, serverRepeats, arrived, alert: null };
  const alert = subject.endingAlert;
  if (alert) return alert.sender === 'server' && CANNOT_READ.includes(alert.code) ? { ...found, alert } : null;
  return ignored(subject, found) ? found : null;
}

function arrival(subject: Subject): RefusedFinished['arrived'] {
  if (subject.surelyCapturedAt('server')) return 'surely';
  return subject.capturedAt('server') ? 'probably' : 'unknown';
}

function isLost(subject: Subject, { fate: { fate, certainty }, records }: TransmissionView): boolean {
  if (records.some((record) => subject.lostBetweenPoints(record - 1))) return true;
  if (fate === 'lost-between' || fate === 'lost-before-capture') return true;
  return (fate === 'damaged' || fate === 'lost-after-capture') && certainty !== 'inferred';
}

/** The capture goes on long enough to say that the server does not accept it. */
function ignored(subject: Subject, { attempts, serverRepeats, arrived }: RefusedFinished): boolean {
  const last = attempts.at(-1) ?? attempts[0];
  if (attempts.length > 2 || serverRepeats.length > 1) return true;
  if (attempts.length === 2)
    return serverRepeats.length > 0 || subject.watched(last.startMs, subject.horizonMs(attempts));
  if (keyEvidence(subject)?.kind === 'two-secrets') return true;
  if (arrived === 'unknown' || !subject.watched(last.startMs, LONG_SILENCE_MS)) return false;
  const answer = subject.records.find((r) => r.side === 1 && r.timeMs > last.startMs);
  return answer === undefined || answer.timeMs - last.startMs >= LONG_SILENCE_MS;
}

/** What the keys at hand say of the client's Finished. */
export type KeyEvidence =
  /** Key logs of both ends, with two master secrets for one handshake. */
  | { readonly kind: 'two-secrets' }
  /** It does not open with the key that was given, but perhaps with another. */
  | { readonly kind: 'other-key' }
  /** It opens, and is right: the record as captured is intact. */
  | { readonly kind: 'valid'; readonly withGivenPsk: boolean }
  | null;

export function keyEvidence(subject: Subject): KeyEvidence {
  const { state } = subject.analysed;
  const keys = state.protection.keys(1);
  const offered = keys.offered;
  if (offered.length === 0) return null;
  const logged = offered.filter((s) => s.source.label === 'CLIENT_RANDOM' && s.clientRandom === state.clientRandom);
  const [one, ...rest] = logged;
  if (one && rest.some((other) => !sameBytes(other.secret, one.secret))) return { kind: 'two-secrets' };
  const proven = keys.provenSecret(0);
  const given = offered.filter((s) => s.source.label === 'PSK');
  const withGivenPsk = proven !== null && given.some((s) => sameBytes(s.secret, proven.secret));
  if (given.length > 0 && !withGivenPsk) return { kind: 'other-key' };
  return proven && checkOf(subject, 'Finished', 'client')?.verdict === 'valid' ? { kind: 'valid', withGivenPsk } : null;
}
