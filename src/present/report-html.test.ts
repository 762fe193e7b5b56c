/** The report as one file: whole, without scripts, and safe whatever the names on the wire are. */
import { describe, expect, test } from 'vitest';
import { detailOf, openSession } from '../../test/open-session.ts';
import type { TraceSummary } from '../analysis/trace.ts';
import { escaped } from './markup.ts';
import { reportHtml } from './report-html.ts';

async function report(edit: (trace: TraceSummary) => TraceSummary, ...files: readonly string[]): Promise<string> {
  const session = await openSession(...files);
  const trace = edit(session.trace());
  return reportHtml({
    trace,
    associations: trace.associations,
    detailOf: (a) => ({ ...detailOf(session, a), association: a }),
    generator: 'dtlscope test',
  });
}
const asIs = (trace: TraceSummary) => trace;
const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

test('verdict, parameters, diagram, findings with evidence, losses, timers, epochs, certificates, records, capture', async () => {
  const session = await openSession(...LOSS);
  const [a] = session.trace().associations;
  const html = await report(asIs, ...LOSS);
  for (const text of [
    a?.verdict,
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    ...(a?.findings ?? []).flatMap((f) => [f.title, f.advice, ...f.evidence.map((e) => e.says)]),
    'Client timer',
    'CN=ec-server,O=dtls corpus',
    '30 records',
    'pcap, link type 1',
  ])
    expect(html).toContain(escaped(text ?? 'missing'));
  for (const title of ['Losses', 'Time and timers', 'Epochs', 'Alerts', 'Certificates', 'Captures', 'Keys'])
    expect(html).toMatch(new RegExp(`<h[23]>${title}</h[23]>`));
  expect(html).toContain('<svg');
  expect(html.match(/<tr><td><span id="record-\d+">/g)).toHaveLength(30);
});

test('evidence leads to the row of its record', async () => {
  const html = await report(asIs, ...LOSS);
  const targets = [...html.matchAll(/href="#(record-\d+)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(5);
  for (const id of targets) expect(html).toContain(`id="${id}"`);
});

test('several associations have a table of contents and a section each', async () => {
  const html = await report(asIs, 'openssl-assoc-reboot-cookie.pcap', 'openssl-assoc-reboot-cookie.keys');
  for (const id of ['a1', 'a2']) {
    expect(html).toContain(`<a href="#${id}">${id}</a>`);
    expect(html).toContain(`<section id="${id}">`);
  }
});

test('a capture without DTLS is a report too', () => {
  const trace: TraceSummary = {
    captures: [],
    keys: { secrets: [], problems: [] },
    associations: [],
    findings: [],
    points: null,
    other: { udp: [], cutPackets: 0 },
  };
  const never = () => {
    throw new Error('there is none');
  };
  expect(reportHtml({ trace, associations: [], detailOf: never, generator: 'x' })).toContain('No DTLS was found.');
});

describe('hostile names', () => {
  const EVIL = `</title></script><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
  const hostile = (trace: TraceSummary): TraceSummary => ({
    ...trace,
    captures: trace.captures.map((c) => ({ ...c, name: EVIL, problems: [{ packet: 1, offset: 0, message: EVIL }] })),
    keys: { ...trace.keys, problems: [{ source: EVIL, message: EVIL }] },
    associations: trace.associations.map((a) => ({
      ...a,
      client: { ...a.client, address: EVIL },
      serverName: EVIL,
      alpn: EVIL,
      pskIdentity: EVIL,
      verdict: EVIL,
      carriers: [EVIL],
      findings: a.findings.map((f) => ({ ...f, title: EVIL, explanation: EVIL, advice: EVIL, alternatives: [EVIL] })),
      certificates: {
        ...a.certificates,
        server: a.certificates.server.map((c) => ({ ...c, subject: EVIL, issuer: EVIL, names: [EVIL], serial: EVIL })),
      },
    })),
  });

  test('none of them becomes markup, and the file holds no script and asks for nothing', async () => {
    const html = await report(hostile, ...LOSS);
    expect(html).toContain(escaped(EVIL));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/<[^>]* on\w+=/);
    expect(html.match(/<\/title>/g)?.length).toBe(html.match(/<title>/g)?.length);
    for (const [, address] of html.matchAll(/(?:href|src)="([^"]*)"/g)) expect(address).toMatch(/^#/);
    expect(html).toContain(`default-src 'none'`);
  });
});
