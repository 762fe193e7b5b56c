/** Syslog over DTLS (RFC 6012): RFC 5424 messages behind their length, and what older senders make of them (RFC 3164). */
import type { ByteReader } from '../wire/reader.ts';
import { lengthUntil, word } from './lines.ts';
import { oneLine } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');
const SEVERITIES = 'emerg alert crit err warning notice info debug'.split(' ');

/** MSG-LEN, PRI below 192, and then a version with a time or nil, or a month. */
const START =
  /^(?:[1-9]\d{0,4} )?<(?:\d|[1-9]\d|1[0-8]\d|19[01])>(?:1 (?:- |\d{4}-\d\d-\d\dT)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d )/;
const CLOSE = 0x3e;

export const SYSLOG: Protocol = {
  names: ['syslog'],
  ports: [6514],
  alpn: [],
  mayBe: (bytes) => START.test(new TextDecoder('latin1').decode(bytes.subarray(0, 40))),
  decode: decodeSyslog,
};

/** RFC 6012 §5.3: a datagram may hold several frames of MSG-LEN SP SYSLOG-MSG. */
function decodeSyslog(r: ByteReader): Reading {
  const messages: string[] = [];
  while (r.remaining > 0) {
    const from = r.offset;
    const counted = r.peek() !== 0x3c;
    const length = counted ? Number(word(r, 'MSG-LEN', 6)) : r.remaining;
    if (!Number.isInteger(length) || length < 1) {
      r.illegal('MSG-LEN', r.span(from), 'a syslog frame starts with its length in decimal (RFC 6012 §5.3)');
      break;
    }
    const frame = r.sub('SYSLOG-MSG', length);
    messages.push(
      frame.group(
        'SYSLOG-MSG',
        () => decodeMessage(frame),
        (said) => said,
      ),
    );
  }
  const [first = 'nothing', ...more] = messages;
  return {
    protocol: 'syslog',
    summary: more.length > 0 ? `${first} (and ${more.length} more)` : first,
    sure: messages.length > 0,
  };
}

/** RFC 5424 §6 where VERSION is 1, else the header of RFC 3164 §4.1. */
function decodeMessage(r: ByteReader): string {
  const priority = decodePriority(r);
  const isVersion1 = r.peek() === 0x31 && r.peek(1) === 0x20;
  if (!isVersion1) {
    r.opaque('TIMESTAMP', Math.min(15, r.remaining), (value) => oneLine(value));
    if (r.peek() === 0x20) r.opaque('SP', 1);
    const hostname = word(r, 'HOSTNAME');
    return `${priority} ${hostname}: ${decodeText(r)}`;
  }
  word(r, 'VERSION');
  word(r, 'TIMESTAMP');
  const hostname = word(r, 'HOSTNAME');
  const app = word(r, 'APP-NAME');
  word(r, 'PROCID');
  word(r, 'MSGID');
  r.opaque('STRUCTURED-DATA', structuredLength(r), (value) => oneLine(value));
  if (r.peek() === 0x20) r.opaque('SP', 1);
  return `${priority} ${hostname} ${app}: ${decodeText(r)}`;
}

function decodePriority(r: ByteReader): string {
  const meaning = (bytes: Uint8Array) => {
    const value = Number(oneLine(bytes).replace(/[<>]/g, ''));
    return `${FACILITIES[value >> 3] ?? value >> 3}.${SEVERITIES[value & 7] ?? value & 7}`;
  };
  return meaning(r.opaque('PRI', Math.min(lengthUntil(r, CLOSE) + 1, r.remaining), meaning));
}

/** RFC 5424 §6.3: "-", or elements in brackets, within which a quoted "]" is escaped. */
function structuredLength(r: ByteReader): number {
  if (r.peek() !== 0x5b) return lengthUntil(r, 0x20);
  for (let i = 1; i < r.remaining; i++) {
    if (r.peek(i) === 0x5c) i++;
    else if (r.peek(i) === 0x5d && r.peek(i + 1) !== 0x5b) return i + 1;
  }
  return r.remaining;
}

function decodeText(r: ByteReader): string {
  return r.remaining === 0
    ? ''
    : oneLine(
        r.opaque('MSG', r.remaining, (value) => oneLine(value, 200)),
        120,
      );
}
