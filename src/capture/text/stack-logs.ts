/** Logs that tell of DTLS but hold none of its bytes, by what stands in them. Adding one is one row. */
import type { Looks } from '../signatures.ts';

interface StackLog extends Looks {
  readonly pattern: RegExp;
}

const RECORD_IT = 'Record the traffic with tcpdump or Wireshark and drop the capture.';

const STACK_LOGS: readonly StackLog[] = [
  log(
    'a GnuTLS log',
    /\|<\d{1,2}>\| (?:REC|HSK|EXT|ASSERT|BUF)/,
    `GnuTLS tells sizes and types of records but not their bytes. ${RECORD_IT}`,
  ),
  log(
    'a Scandium (Californium) log',
    /org\.eclipse\.californium\.(?:scandium|elements)|\bDTLSConnector\b/,
    `Scandium tells sizes and types of records but not their bytes. ${RECORD_IT}`,
  ),
  log(
    'an Mbed TLS log',
    /ssl_\w{1,20}\.[ch]:\d{3,5}: ?(?:\|\d\| )?(?:=>|<=|client state|handshake state)/,
    'It has no record bytes: set the debug level to 4, or record the traffic with tcpdump or Wireshark.',
  ),
  log(
    'a tinydtls log',
    /\bDEBG (?:dtls_new_peer|DTLSv12:|dtls_handle_message)/,
    `It has no record bytes. ${RECORD_IT}`,
  ),
  log(
    'a libcoap log',
    /\bDEBG .{0,60}<-> .{0,60} DTLS\b|\bcoap_(?:session|dtls)\w{0,30}/,
    `It has no record bytes. ${RECORD_IT}`,
  ),
  log('a wolfSSL log', /wolfSSL (?:Entering|Leaving) /, `wolfSSL's log has no record bytes. ${RECORD_IT}`),
  log(
    'a log of pion/dtls',
    /\bdtls (?:TRACE|DEBUG|INFO): |\[handshake:(?:client|server)\] Flight/,
    `It has no record bytes. ${RECORD_IT}`,
  ),
  log(
    'output of openssl s_client or s_server',
    /^CONNECTED\([0-9A-F]{8}\)|^SSL-Session:|^ACCEPT$/m,
    'It has no record bytes: run the command again with -debug, or record the traffic with tcpdump or Wireshark.',
  ),
  log(
    'what "Follow stream" shows as characters',
    /^Follow: udp,(?:ascii|ebcdic|utf-8|utf8)/m,
    'Bytes that are no characters are lost in it: choose raw or hex dump.',
  ),
  log(
    'a packet list of tcpdump',
    /^\d\d:\d\d:\d\d\.\d{6} IP6? .{1,100} > .{1,100}: /m,
    'It has no packet bytes: write a file with -w, or add -x.',
  ),
];

/** What a text without bytes looks like; null if no stack is known that writes such. */
export function stackLog(head: string): Looks | null {
  const found = STACK_LOGS.find(({ pattern }) => pattern.test(head));
  return found ? { looksLike: found.looksLike, advice: found.advice } : null;
}

function log(looksLike: string, pattern: RegExp, advice: string): StackLog {
  return { looksLike, pattern, advice };
}
