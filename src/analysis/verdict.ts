/** The one sentence about an association that a person would say, made from how its handshakes ended. */
import { alertDescriptionName } from '../dtls/registry.ts';
import type { Ending } from './outcome.ts';
import type { HandshakeView, Outcome } from './trace.ts';
import { count, milliseconds, sender, times } from './words.ts';

export interface VerdictInput {
  readonly outcome: Outcome;
  readonly handshakes: readonly { readonly view: HandshakeView; readonly ending: Ending }[];
  /** Records that no key opened, and all protected ones. */
  readonly applicationRecords: number;
  readonly addressChanges: number;
}

export function verdict(input: VerdictInput): string {
  const first = input.handshakes[0];
  if (!first || input.outcome === 'no-handshake') return noHandshake(input);
  const established = input.handshakes.find((h) => h.view.outcome === 'established');
  if (input.outcome === 'established' && established) return establishedSentence(input, established.view);
  if (input.outcome === 'established')
    return 'Established, as application data in both directions shows; parts of the handshake are not in this capture.';
  return failure(first.view, first.ending, input.outcome);
}

function noHandshake({ applicationRecords }: VerdictInput): string {
  const what =
    applicationRecords > 0
      ? `only ${count(applicationRecords, 'record')} of application data`
      : 'only encrypted records';
  return `No handshake in this capture: ${what}. It began before the capture did, or on other addresses.`;
}

function establishedSentence(input: VerdictInput, view: HandshakeView): string {
  const repeats = view.flights.filter((f) => f.transmissions.length > 1);
  const resumed = view.kind.startsWith('resumed') ? 'Resumed' : 'Established';
  const time = milliseconds(view.endMs - view.startMs);
  const parts: string[] = [];
  const first = view.flights[0]?.number ?? 1;
  if (beginsLate(view))
    parts.push(`${resumed}, but the capture begins only with flight ${first}, so nobody can tell how long it took`);
  else if (isUntimed(view))
    parts.push(
      `${resumed}, and the capture does not tell how long it took${repeats.length === 0 ? '; nothing was repeated' : `: ${repeats.map(repeated).join(', ')}`}`,
    );
  else if (repeats.length === 0) parts.push(`${resumed} in ${time}, nothing was repeated`);
  else parts.push(`${resumed} after ${time}: ${repeats.map(repeated).join(', ')}`);
  const later = input.handshakes.filter((h) => h.view !== view);
  for (const { view: next, ending } of later) {
    parts.push(
      next.outcome === 'established'
        ? 'then renegotiated'
        : `then a renegotiation ${next.outcome === 'failed' ? `failed (${lower(failure(next, ending, 'failed'))})` : 'did not complete'}`,
    );
  }
  if (input.addressChanges > 0) parts.push('the address changed in mid-association');
  return `${parts.join('; ')}.`;
}

/** All of it at one moment: a text without times, or a clock that hardly ticks. */
export function isUntimed({ startMs, endMs, flights }: HandshakeView): boolean {
  return flights.length > 1 && endMs <= startMs;
}

/** Its first flight is not in the capture. */
export function beginsLate({ number, flights }: Pick<HandshakeView, 'number' | 'flights'>): boolean {
  return number === 1 && (flights[0]?.number ?? 1) > 1;
}

function repeated({ number, transmissions }: HandshakeView['flights'][number]): string {
  return `flight ${number} was sent ${times(transmissions.length)}`;
}

function failure(view: HandshakeView, ending: Ending, outcome: Outcome): string {
  const flight = (number: number) => view.flights.find((f) => f.number === number);
  switch (ending.kind) {
    case 'alert':
      return `The ${sender(ending.side)} ended the handshake with the alert ${alertDescriptionName(ending.code)}.`;
    case 'closed':
      return `The ${sender(ending.side)} closed the association before the handshake was done.`;
    case 'unanswered': {
      const sent = flight(ending.flight);
      const span = sent ? (sent.transmissions.at(-1)?.startMs ?? 0) - (sent.transmissions[0]?.startMs ?? 0) : 0;
      const names = sent ? sent.messages.join(', ') : '';
      if (ending.flight === 1)
        return `No answer: the ${sender(ending.side)} sent ${names} ${times(ending.transmissions)} in ${milliseconds(span)}.`;
      return `Stopped at flight ${ending.flight}: the ${sender(ending.side)} sent it ${times(ending.transmissions)} in ${milliseconds(span)} and got no usable answer (${names}).`;
    }
    case 'last-flight-unseen':
      return `The ${sender(ending.side)} finished, but the ${sender(ending.side === 0 ? 1 : 0)} kept repeating its flight as if flight ${ending.flight} never came.`;
    case 'stopped': {
      if (ending.flight === 0) return 'No complete handshake message in this capture.';
      const more = outcome === 'ongoing' ? 'the capture ends there' : 'nothing follows in this capture';
      return `The handshake stops after flight ${ending.flight} (${flight(ending.flight)?.messages.join(', ') ?? ''}): ${more}.`;
    }
    case 'established':
      return 'Established.';
  }
}

const lower = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
