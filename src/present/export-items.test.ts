import { describe, expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { type ExportId, type ExportItem, exportGroups, exportName, pngScale } from './export-items.ts';

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

async function items(files: readonly string[], alone = true): Promise<ReadonlyMap<ExportId, ExportItem>> {
  const session = await openSession(...files);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error('no association');
  const picture = { width: 1000, height: 500, bytes: 40_000 };
  const groups = exportGroups({ trace: session.trace(), detail, alone, picture, pngScale: 2 });
  return new Map(groups.flatMap((group) => group.items.map((item) => [item.id, item])));
}

test('whatever carries keys or plaintext says who can read what with it', async () => {
  const all = await items(LOSS);
  for (const id of ['packetsWithKeys', 'keys', 'plaintext', 'html', 'markdown', 'svg', 'png'] as const)
    expect(all.get(id)?.warning).toMatch(/^Anyone with this file .*can read /);
  expect(all.get('packets')?.warning).toBeNull();
});

test('without keys there is nothing to warn of, and what needs them says that it cannot be had', async () => {
  const all = await items([LOSS[0]]);
  expect(all.get('html')?.warning).toBeNull();
  for (const id of ['packetsWithKeys', 'keys', 'plaintext'] as const)
    expect(all.get(id)?.missing).toBe('Nothing was decrypted: no key opened it.');
  expect(all.get('packets')?.missing).toBeNull();
});

test('sizes are told where they are known', async () => {
  const all = await items(LOSS);
  expect(all.get('packets')?.holds).toContain('25 packets');
  expect(all.get('png')?.holds).toContain('2000 × 1000 pixels');
  expect(all.get('svg')?.holds).toContain('40.0 KB');
});

describe('names of files', () => {
  const named = async (
    file: { id: ExportId; ending: string; association: string | null; point: string | null },
    name?: string,
  ) => {
    const session = await openSession('openssl-assoc-reboot-cookie.pcap');
    const trace = session.trace();
    return exportName(
      name === undefined ? trace : { ...trace, captures: trace.captures.map((c) => ({ ...c, name })) },
      file,
    );
  };
  const packets = { id: 'packets', ending: 'pcapng', association: 'a2', point: null } as const;

  test('come from the capture, with the association where there are several', async () => {
    expect(await named(packets)).toBe('openssl-assoc-reboot-cookie-a2-trimmed.pcapng');
    expect(await named({ ...packets, association: null, point: 'b' })).toBe(
      'openssl-assoc-reboot-cookie-trimmed-b.pcapng',
    );
  });

  test('hold nothing that a file system or a shell could take for more', async () => {
    expect(await named(packets, '../..//etc/$(rm)\u0000".pcap.gz')).toMatch(/^[\w ._-]+-a2-trimmed\.pcapng$/);
    expect(await named(packets, '...')).toBe('dtls-a2-trimmed.pcapng');
  });
});

test('a diagram is painted at twice its size, once where that is too large, and not at all where nothing helps', () => {
  expect(pngScale({ width: 1040, height: 700 })).toBe(2);
  expect(pngScale({ width: 1040, height: 12_000 })).toBe(1);
  expect(pngScale({ width: 1040, height: 20_000 })).toBeNull();
});
