/** What an alert answers: the last that its sender had of the peer, as far as this capture shows it. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { messageName } from '../../handshake-state.ts';
import type { Side } from '../../record-table.ts';
import { milliseconds, otherSender, timesInWords } from '../../words.ts';
import type { EndingAlert, Subject } from '../subject.ts';

interface Heard {
  readonly name: string;
  /** 0-based. */
  readonly record: number;
}

export interface Answered extends Heard {
  /** From its capture to that of the alert. */
  readonly afterMs: number;
}

/** An answer that takes longer than this is none: it was a timer. */
const ANSWER_MS = 1000;
/** The same, where its sender has repeated its own flight meanwhile. */
const PROMPT_MS = 200;

/** The peer's message that was completed or repeated last before the alert; null where there is none. */
export function answeredMessage(subject: Subject, alert: EndingAlert): Answered | null {
  const peer: Side = alert.sender === 'client' ? 1 : 0;
  const concernsCertificate = ABOUT_CERTIFICATES.has(alert.code);
  let last: Heard | undefined;
  let certificate: Heard | undefined;
  for (const { state } of subject.analysed.handshakes) {
    for (const message of state.messages) {
      if (message.side !== peer || message.completedBy === null || message.completedBy >= alert.record) continue;
      const record = message.appearances.findLast((a) => a.record < alert.record)?.record ?? message.completedBy;
      const found = { name: messageName(message), record };
      if (concernsCertificate && message.type === HANDSHAKE_TYPE.certificate) certificate = found;
      if (!last || record >= last.record) last = found;
    }
  }
  if (!last) return null;
  const afterMs = alert.timeMs - subject.trace.timeMs(last.record);
  return { ...(certificate ?? last), afterMs };
}

const ABOUT_CERTIFICATES: ReadonlySet<number> = new Set([41, 42, 43, 44, 45, 46, 48, 49, 111, 113, 114, 116]);

/** Whether it answers that message, and not the end of its sender's patience. */
export function isAnswer(subject: Subject, alert: EndingAlert, answered: Answered | null): boolean {
  if (!answered || answered.afterMs >= ANSWER_MS) return false;
  return answered.afterMs < PROMPT_MS || (ownFlight(subject, alert)?.sent ?? 0) < 2;
}

/** "It comes 0.4 ms after ClientHello of the client, so it probably answers that." */
export function answersSentence(subject: Subject, alert: EndingAlert): string {
  const answered = answeredMessage(subject, alert);
  const peer = otherSender(alert.sender);
  if (!answered) return `No message of the ${peer} was captured before it.`;
  const after = milliseconds(answered.afterMs);
  if (isAnswer(subject, alert, answered))
    return `It comes ${after} after the ${peer}'s ${answered.name} was complete, so it probably answers that.`;
  const own = ownFlight(subject, alert);
  return own && own.sent > 1
    ? `The ${peer} was heard ${after} before for the last time, and the ${alert.sender} has sent its flight ${own.number} ${timesInWords(own.sent)}: it gave up waiting.`
    : `The ${peer} was heard ${after} before for the last time.`;
}

/** The last flight of the alert's sender, and how often it had been sent by then. */
function ownFlight(subject: Subject, alert: EndingAlert): { number: number; sent: number } | null {
  const own = subject.flights.findLast(
    (f) => f.sender === alert.sender && (f.transmissions[0]?.startMs ?? 0) < alert.timeMs,
  );
  return own ? { number: own.number, sent: own.transmissions.filter((t) => t.startMs < alert.timeMs).length } : null;
}
