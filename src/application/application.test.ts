/** Which protocol is recognised, and what holds for any bytes whatever. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeApplication, PROTOCOLS, recognise } from './application.ts';
import { ascii, bytes, fieldsOf, leaves, said, told } from './read.test.helper.ts';

describe('HTTP and SIP', () => {
  test('what ssl_client2 and ssl_server2 of Mbed TLS say (mbedtls-ecjpake.pcap)', () => {
    const request =
      '474554202f20485454502f312e300d0a486f73743a207365727665722e6578616d706c650d0a45787472612d6865616465723a200d0a0d0a';
    expect(said(request)).toBe('HTTP: GET / HTTP/1.0');
    const answer =
      '485454502f312e3020323030204f4b0d0a436f6e74656e742d547970653a20746578742f68746d6c0d0a0d0a3c68323e4d62656420544c532054657374205365727665723c2f68323e0d0a3c703e5375636365737366756c20636f6e6e656374696f6e207573696e673a20544c532d45434a50414b452d574954482d4145532d3132382d43434d2d383c2f703e0d0a';
    expect(said(answer)).toBe('HTTP: HTTP/1.0 200 OK, 99 bytes of content');
    const { fields, reader } = fieldsOf('HTTP', bytes(request));
    expect(reader.problems).toEqual([]);
    expect(told(fields).filter((field) => !/^(SP|line_end|colon)/.test(field))).toEqual([
      'method: GET',
      'request_target: /',
      'version: HTTP/1.0',
      'field_name: Host',
      'field_value: server.example',
      'field_name: Extra-header',
      'field_value: ',
    ]);
  });

  test('a SIP request, and text that only begins like HTTP', () => {
    expect(said(ascii('OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\n'))).toBe('SIP: OPTIONS sip:a@b SIP/2.0');
    expect(said(ascii('SIP/2.0 180 Ringing\r\n\r\n'))).toBe('SIP: SIP/2.0 180 Ringing');
    expect(said(ascii('GET me out of here'))).toBe('text: "GET me out of here"');
  });
});

describe('RADIUS', () => {
  // RFC 2865 §7.1, the example of a request, and its answer.
  const REQUEST =
    '010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a801100506 00000003';
  const ACCEPT = '0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103';

  test('the examples of RFC 2865', () => {
    expect(said(REQUEST)).toBe('RADIUS: Access-Request 0, User-Name nemo');
    expect(said(ACCEPT)).toBe('RADIUS: Access-Accept 0, 3 attributes');
    const { fields, reader } = fieldsOf('RADIUS', bytes(REQUEST));
    expect(reader.problems).toEqual([]);
    const groups = fields[0]?.children.at(-1)?.children.map(({ meaning }) => meaning);
    expect(groups).toEqual(['User-Name nemo', 'User-Password 16 bytes', 'NAS-IP-Address 192.168.1.16', 'NAS-Port 3']);
  });

  test('a length that does not fit is not RADIUS', () => {
    expect(said(`${REQUEST}00`)).toBeNull();
    expect(said(ACCEPT.replace('0606', '0605'))).toBeNull();
  });
});

describe('syslog', () => {
  // The examples of RFC 5424 §6.5 and RFC 3164 §5.4.
  const SU =
    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8";

  test('of RFC 5424, alone and counted', () => {
    const summary = "syslog: auth.crit mymachine.example.com su: 'su root' failed for lonvick on /dev/pts/8";
    expect(said(ascii(SU))).toBe(summary);
    expect(said(ascii(`${SU.length} ${SU}`))).toBe(summary);
    expect(said(ascii(`${SU.length} ${SU}${SU.length} ${SU}`))).toBe(`${summary} (and 1 more)`);
  });

  test('structured data may hold brackets', () => {
    const message = '<165>1 2003-10-11T22:14:15.003Z host app 7 ID47 [a@1 b="\\]"][c@1 d="e"] An event';
    expect(said(ascii(message))).toBe('syslog: local4.notice host app: An event');
    expect(told(fieldsOf('syslog', ascii(message)).fields)).toContain('STRUCTURED-DATA: [a@1 b="\\]"][c@1 d="e"]');
  });

  test('of RFC 3164', () => {
    expect(said(ascii("<34>Oct 11 22:14:15 mymachine su: 'su root' failed"))).toBe(
      "syslog: auth.crit mymachine: su: 'su root' failed",
    );
  });

  test('not with a wrong length, not for other text', () => {
    expect(said(ascii(`${SU.length + 5} ${SU}`))).toMatch(/^text: /);
    expect(said(ascii('<b>1 bold</b>'))).toBe('text: "<b>1 bold</b>"');
  });
});

describe('DNS', () => {
  const QUERY = 'db42 0100 0001 0000 0000 0000 03777777 0c6e6f7274686561737465726e 03656475 00 0001 0001';
  const ANSWER = `${QUERY.replace('0100 0001 0000', '8180 0001 0001')} c00c 0001 0001 00000258 0004 9b211144`;

  test('a query and its answer', () => {
    expect(said(QUERY)).toBe('DNS: query A www.northeastern.edu');
    expect(said(ANSWER)).toBe('DNS: response A www.northeastern.edu: NOERROR, 1 answer');
    const { fields, reader } = fieldsOf('DNS', bytes(ANSWER));
    expect(reader.problems).toEqual([]);
    expect(fields[0]?.children.at(-1)).toMatchObject({
      name: 'answer',
      meaning: 'A www.northeastern.edu 155.33.17.68',
    });
  });

  test('a pointer cannot lead forward or to itself', () => {
    expect(said(QUERY.replace('03777777', 'c00c'))).toBeNull();
    expect(said(ANSWER.replace('c00c', 'c0ff'))).toBeNull();
  });
});

describe('others', () => {
  test('Diameter', () => {
    const host = '00000108 4000000c 66756c6c'; // Origin-Host "full"
    const request = `01000020 80000118 00000000 00000001 00000002 ${host}`;
    expect(said(request)).toBe('Diameter: Device-Watchdog request from full');
    expect(said(request.replace('80000118', '00000101'))).toBe('Diameter: Capabilities-Exchange answer from full');
  });

  test('AnyConnect: tunnelled packets by themselves, bare types only where it is expected', () => {
    const packet = `00 4500001c00010000400100000a0000010a000002 0800f7ff00000000`;
    expect(said(packet)).toBe('AnyConnect: DATA IPv4 ICMP, 28 bytes');
    expect(said('03')).toBeNull();
    expect(said('03', { port: 443 })).toBe('AnyConnect: DPD-REQ');
    expect(said('07', { port: 443 })).toBe('AnyConnect: KEEPALIVE');
  });

  test('text is one line, cut, and safe', () => {
    expect(said(ascii('hello\n'))).toBe('text: "hello"');
    expect(said(ascii('a\r\n\tb\u2028c'))).toBe('text: "a\\r\\n\\tb\\u2028c"');
    expect(said(ascii('x'.repeat(500)))).toBe(`text: "${'x'.repeat(119)}…"`);
    expect(said(ascii('grüße, 世界 🎉'))).toBe('text: "grüße, 世界 🎉"');
    expect(said('')).toBeNull();
    expect(said('0a0d20')).toBeNull();
    expect(said('68656c6c6f1b5b33316d')).toBeNull(); // an escape sequence of a terminal
    expect(said('e280ae6162')).toBeNull(); // text that runs the other way
  });
});

describe('any bytes whatever', () => {
  const protocols = fc.constantFrom(...PROTOCOLS.flatMap(({ names }) => names), 'unknown');
  /** Random bytes behind starts that lead deep into a decoder. */
  const payloads = fc
    .tuple(
      fc.constantFrom(
        '',
        '4101',
        '60450001',
        '138813880102030400000000',
        '01000020',
        '<34>1 ',
        'GET / HTTP/1.0\r\n',
        '0001',
      ),
      fc.uint8Array({ maxLength: 120 }),
    )
    .map(([start, rest]) => Uint8Array.from([...(/^[0-9a-f]*$/.test(start) ? bytes(start) : ascii(start)), ...rest]));

  test('fields tile the whole input', () => {
    fc.assert(
      fc.property(protocols, payloads, (protocol, payload) => {
        const { fields } = fieldsOf(protocol, payload);
        let at = 0;
        for (const { at: span } of leaves(fields)) {
          expect(span.from).toBe(at);
          at = span.to;
        }
        expect(at).toBe(payload.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('summaries are short, on one line, and name a protocol that can be decoded without a problem', () => {
    const hints = fc.record({
      port: fc.constantFrom(443, 853, 2083, 5684),
      alpn: fc.constantFrom(null, 'coap', 'webrtc'),
    });
    fc.assert(
      fc.property(payloads, hints, (payload, hint) => {
        const found = recognise(payload, hint);
        if (!found) return;
        expect(found.summary).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u);
        const { reader, fields } = fieldsOf(found.protocol, payload);
        expect(reader.problems).toEqual([]);
        expect(fields[0]?.meaning).toBe(found.summary);
      }),
      { numRuns: 5000 },
    );
  });

  test('random bytes are seldom taken for anything', () => {
    const random = noise(1);
    let taken = 0;
    for (let i = 0; i < 20_000; i++) if (recognise(Uint8Array.from({ length: 8 + (i % 57) }, random))) taken++;
    // One in five hundred: short messages of CoAP have little that could be wrong.
    expect(taken).toBeLessThan(40);
  });

  test('a name that is not known leaves the bytes as they are', () => {
    const { fields } = fieldsOf('nothing', bytes('0102'));
    expect(fields).toMatchObject([{ name: 'application_data', value: '0102' }]);
    expect(() => decodeApplication('CoAP', fieldsOf('CoAP', new Uint8Array()).reader)).not.toThrow();
  });
});

/** The same bytes on every run (a linear congruential generator, its upper bits). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}
