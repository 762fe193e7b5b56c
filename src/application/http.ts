/** HTTP/1 (RFC 9112), which the test programs of stacks speak over DTLS, and SIP (RFC 3261), which is written alike. */
import type { ByteReader } from '../wire/reader.ts';
import { lineEnd, measureLine, SPACE, word } from './lines.ts';
import { oneLine, sized } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const START =
  /^(?:[A-Z]{3,12} [!-~]{1,2000} (?:HTTP\/1\.[01]|SIP\/2\.0)\r?\n|(?:HTTP\/1\.[01]|SIP\/2\.0) [1-6]\d\d[ \r\n])/;
/** No method or target that is worth a summary is longer. */
const LONGEST_START = 2100;

export const HTTP: Protocol = {
  names: ['HTTP', 'SIP'],
  ports: [5061],
  alpn: ['http/1.0', 'http/1.1', 'sip/2'],
  mayBe: (bytes) => START.test(new TextDecoder('latin1').decode(bytes.subarray(0, LONGEST_START))),
  decode: decodeHttp,
};

function decodeHttp(r: ByteReader): Reading {
  const first = measureLine(r);
  const line = r.sub('start_line', first.text);
  const isResponse = startsWithVersion(line);
  const summary = isResponse ? statusLine(line) : requestLine(line);
  lineEnd(r, first.end);
  const length = decodeHeaders(r);
  const protocol = summary.startsWith('SIP/') || / SIP\/2\.0$/.test(summary) ? 'SIP' : 'HTTP';
  return { protocol, summary: length > 0 ? `${summary}, ${sized(length)} of content` : summary, sure: true };
}

function startsWithVersion(r: ByteReader): boolean {
  const start = String.fromCharCode(...Array.from({ length: 5 }, (_, i) => r.peek(i) ?? 0));
  return start === 'HTTP/' || start.startsWith('SIP/');
}

function requestLine(r: ByteReader): string {
  const method = word(r, 'method');
  const target = word(r, 'request_target');
  const version = word(r, 'version');
  leftOver(r);
  return `${method} ${target} ${version}`;
}

function statusLine(r: ByteReader): string {
  const version = word(r, 'version');
  const code = word(r, 'status_code');
  if (r.remaining === 0) return `${version} ${code}`;
  const reason = r.opaque('reason_phrase', r.remaining, (value) => oneLine(value));
  return `${version} ${code} ${oneLine(reason)}`;
}

function leftOver(r: ByteReader): void {
  if (r.remaining > 0) r.opaque('trailing', r.remaining);
}

/** Field lines up to the empty one, and the content after it, whose length is returned. */
function decodeHeaders(r: ByteReader): number {
  while (r.remaining > 0) {
    const { text, end } = measureLine(r);
    if (text === 0) {
      lineEnd(r, end);
      break;
    }
    const line = r.sub('field_line', text);
    line.group(
      'field_line',
      () => {
        const name = fieldName(line);
        return `${name}: ${oneLine(
          line.opaque('field_value', line.remaining, (value) => oneLine(value, 120)),
          120,
        )}`;
      },
      (shown) => shown,
    );
    lineEnd(r, end);
  }
  const content = r.remaining;
  if (content > 0) r.opaque('content', content, (bytes) => oneLine(bytes, 120));
  return content;
}

/** Up to the colon, which is consumed with the space after it. */
function fieldName(r: ByteReader): string {
  let length = 0;
  while (length < r.remaining && r.peek(length) !== 0x3a) length++;
  const name = oneLine(r.opaque('field_name', length, (value) => oneLine(value)));
  if (r.remaining > 0) r.opaque('colon', r.peek(1) === SPACE ? 2 : 1);
  return name;
}
