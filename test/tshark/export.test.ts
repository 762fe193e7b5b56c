/** What tshark makes of the captures that are written. Without tshark there is nothing to ask. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { plaintextCapture } from '../../src/export/plaintext.ts';
import { type CaptureFile, trimmedCaptures } from '../../src/export/trimmed.ts';
import { pathOf } from '../captures.ts';
import { openSession } from '../open-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-tshark-'));
afterAll(() => rmSync(folder, { recursive: true }));
const present = spawnSync('tshark', ['--version']).status === 0;

function fieldsOf(file: string, filter: string, ...fields: readonly string[]): string[] {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const output = execFileSync('tshark', ['-r', file, '-Y', filter, '-T', 'fields', ...wanted], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.split('\n').filter((line) => line.trim() !== '');
}

function written(name: string, file: CaptureFile | undefined): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(file?.parts ?? []));
  return path;
}

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;
const COAP = [
  'libcoap-cross-gnutls-client-openssl-server.pcap',
  'libcoap-cross-gnutls-client-openssl-server.keys',
] as const;

describe.runIf(present)('tshark', () => {
  test('reads the same packets at the same times from the trimmed capture', async () => {
    const session = await openSession(...LOSS);
    const files = await trimmedCaptures(session.packetsOf(['a1']), { generator: 'test', keys: null });
    const path = written('trimmed.pcapng', typeof files === 'string' ? undefined : files[0]);
    const all = (file: string) => fieldsOf(file, 'frame', 'frame.time_epoch', 'frame.len', 'udp.payload');
    expect(all(path)).toEqual(all(pathOf(LOSS[0])));
    expect(
      fieldsOf(path, 'frame.comment contains "final-flight-lost-recovered"', 'frame.number').length,
    ).toBeGreaterThan(0);
  });

  test('decrypts it with the keys that are in it', async () => {
    const session = await openSession(...LOSS);
    const keys = session.keyLinesOf('a1');
    const files = await trimmedCaptures(session.packetsOf(['a1']), { generator: 'test', keys });
    const path = written('with-keys.pcapng', typeof files === 'string' ? undefined : files[0]);
    const hello = Buffer.from('hello from client').toString('hex');
    expect(fieldsOf(path, 'data', 'data.data')).toContain(hello);
  });

  test('finds CoAP in the plaintext, between the same ports', async () => {
    const session = await openSession(...COAP);
    const units = session.plaintextOf(null);
    const file = plaintextCapture(units, 'test');
    const path = written('plaintext.pcapng', typeof file === 'string' ? undefined : file);
    expect(fieldsOf(path, 'coap', 'exported_pdu.src_port', 'exported_pdu.dst_port')).toEqual(
      units.map(({ source, destination }) => `${source.port}\t${destination.port}`),
    );
  });
});
