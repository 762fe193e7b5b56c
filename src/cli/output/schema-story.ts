/** The schema of what happened: fates, losses, machines, timers, time, relations, capture points. */
import {
  list,
  natural,
  number,
  object,
  oneOf,
  orNull,
  packet,
  type Schema,
  sender,
  text,
  truth,
} from './schema-parts.ts';

export const certainty = oneOf('seen', 'near-certain', 'inferred');
const record: Schema = { type: 'integer', minimum: 1 };
const position: Schema = { type: 'integer', minimum: 1 };

export const vantage = object({
  position: oneOf('client', 'server', 'between', 'both', 'unknown'),
  certainty,
  reason: text,
});

export const fate = object({
  fate: oneOf(
    'delivered',
    'lost-before-capture',
    'lost-after-capture',
    'lost-between',
    'lost-or-rejected',
    'damaged',
    'unknown',
  ),
  certainty,
  reason: text,
  evidence: list(record),
});

export const losses = list(
  object({
    sender,
    epoch: natural,
    sequenceNumbers: list(natural),
    messages: list(text),
    where: oneOf('before-capture', 'after-capture', 'between', 'unknown'),
    inferred: truth,
    certainty,
    packets: list(packet),
    records: list(record),
    time: number,
    handshake: orNull(position),
    flight: orNull(position),
    transmission: orNull(position),
    reason: text,
    evidence: list(record),
  }),
);

const step = object({
  time: number,
  packet: orNull(packet),
  record: orNull(record),
  state: oneOf('PREPARING', 'SENDING', 'WAITING', 'FINISHED', 'CLOSED', 'ABANDONED'),
  handshake: natural,
  flight: natural,
  attempt: natural,
  cause: text,
  inferred: truth,
  certainty,
  stateless: truth,
  violation: orNull(text),
  evidence: list(record),
});

export const machines = object({
  client: list(step),
  server: list(step),
  postHandshake: list(object({ sender, message: text, flight: position, steps: list(step) })),
});

const timer = object({
  initial: number,
  factor: orNull(number),
  samples: list(number),
  consistentWith: list(text),
  hints: list(text),
  remarks: list(text),
});
export const timers = object({ client: orNull(timer), server: orNull(timer) });

export const timing = object({
  handshake: orNull(number),
  timerWait: object({ client: number, server: number }),
  roundTrip: object({ client: orNull(number), server: orNull(number) }),
  flights: list(
    object({
      handshake: position,
      flight: position,
      sender,
      start: number,
      complete: orNull(number),
      answerAfter: orNull(number),
      timerWait: number,
    }),
  ),
});

export const relations = list(
  object({
    kind: oneOf(
      'replaces',
      'replaced-by',
      'role-reversal',
      'simultaneous',
      'resumes',
      'resumed-by',
      'server-restart',
      'rebinding',
      'idle-drop',
      'same-client',
    ),
    with: orNull(text),
    time: number,
    packet: orNull(packet),
    certainty,
    says: text,
  }),
);

export const replayDrops = list(
  object({ record, sender, epoch: natural, sequenceNumber: natural, why: oneOf('repeated', 'too-old') }),
);

const delay = orNull(object({ least: number, median: number, greatest: number }));

export const points = object({
  points: list(object({ captures: list(natural), near: oneOf('client', 'server', 'unknown') })),
  offset: number,
  offsetError: number,
  driftPpm: number,
  driftErrorPpm: number,
  common: natural,
  lost: object({ fromFirst: natural, fromSecond: natural }),
  delay: object({ fromFirst: delay, fromSecond: delay }),
});
