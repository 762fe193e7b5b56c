/** A CoAP message in one line; registrations of LwM2M (OMA LwM2M §6.4, its transport bindings) have a name of their own. */
import { printable, toHex } from '../wire/text.ts';
import { CODES } from './coap-names.ts';
import { block, type CoapMessage, codeName, contentFormat, uint } from './coap-values.ts';
import { oneLine, quoted, sized } from './one-line.ts';
import type { Recognised } from './protocol.ts';

const OBSERVE = 6;
const LOCATION_PATH = 8;
const URI_PATH = 11;
const CONTENT_FORMAT = 12;
const URI_QUERY = 15;
const BLOCK2 = 23;
const BLOCK1 = 27;

export function coapSummary(message: CoapMessage): Recognised {
  const { code, type, messageId } = message;
  if (code === 0) {
    return { protocol: 'CoAP', summary: `${type === 'CON' ? 'CON ping' : type}, message_id ${messageId}` };
  }
  const lwm2m = lwm2mSummary(message);
  if (lwm2m) return { protocol: 'LwM2M', summary: lwm2m };
  const isRequest = code < 0x20;
  const what = isRequest ? `${CODES.get(code) ?? codeName(code)} ${path(message)}` : codeName(code);
  return { protocol: 'CoAP', summary: [`${type} ${what}`, ...details(message)].join(', ') };
}

/** "/.well-known/core?rt=x". */
function path(message: CoapMessage): string {
  const queries = texts(message, URI_QUERY);
  return `/${texts(message, URI_PATH).join('/')}${queries.length > 0 ? `?${queries.join('&')}` : ''}`;
}

function details(message: CoapMessage): string[] {
  const { token, options, payload } = message;
  const said: string[] = [];
  if (token.length > 0) said.push(`token ${toHex(token)}`);
  for (const { number, value } of options) {
    if (number === OBSERVE) said.push(`observe ${uint(value)}`);
    if (number === BLOCK1) said.push(`block1 ${block(value)}`);
    if (number === BLOCK2) said.push(`block2 ${block(value)}`);
  }
  const location = texts(message, LOCATION_PATH);
  if (location.length > 0) said.push(`location /${location.join('/')}`);
  if (payload.length > 0) said.push(payloadSummary(message));
  return said;
}

/** A short text as it is; else its length and what it is. */
function payloadSummary({ options, payload }: CoapMessage): string {
  const format = options.find(({ number }) => number === CONTENT_FORMAT);
  const number = format && uint(format.value);
  // Without Content-Format a text is shown too: diagnostic payloads have none (RFC 7252 §5.5.2).
  if ((number ?? 0) === 0 && payload.length <= 40 && printable(payload) !== null) return quoted(payload);
  return number === undefined ? sized(payload.length) : `${sized(payload.length)} of ${contentFormat(number)}`;
}

/**
 * Register and Bootstrap-Request, which name the endpoint, and Update and De-register, which name its location. An
 * endpoint of a plain resource directory (RFC 9176 §5) also sends ep and lt; its base and d are not of LwM2M.
 */
function lwm2mSummary(message: CoapMessage): string | null {
  const segments = texts(message, URI_PATH);
  const queries = texts(message, URI_QUERY);
  const value = (name: string) => queries.find((query) => query.startsWith(`${name}=`));
  if (message.code !== 0x02 || value('ep') === undefined || segments.length !== 1) return null;
  const shown = queries.filter((query) => !query.startsWith('lwm2m=')).join(' ');
  if (segments[0] === 'bs') return `LwM2M bootstrap request ${shown}`;
  const directory = value('base') !== undefined || value('d') !== undefined;
  const own = value('lwm2m') !== undefined || value('b') !== undefined;
  if (segments[0] !== 'rd' || (!own && (directory || value('lt') === undefined))) return null;
  const version = value('lwm2m')?.slice('lwm2m='.length);
  return `LwM2M register ${shown}${version === undefined ? '' : `, version ${version}`}`;
}

function texts({ options }: CoapMessage, wanted: number): string[] {
  return options.filter(({ number }) => number === wanted).map(({ value }) => oneLine(value, 120));
}
