/** Data flows one way through the rooms of src/, and so do the imports. README.md in this folder draws the picture. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Room {
  /** Rooms whose code it may use. */
  readonly code: readonly string[];
  /** Rooms, or files of rooms, of which it may use the types alone. */
  readonly types?: readonly string[];
  /** Packages it may use. Absent: none, not even node's own. */
  readonly packages?: RegExp;
}

/** The order of the keys is the direction of the data. */
const ROOMS: { readonly [room: string]: Room } = {
  wire: { code: [] },
  capture: { code: ['wire'] },
  dtls: { code: ['wire'] },
  application: { code: ['wire'] },
  crypto: { code: ['wire', 'dtls'], packages: /^(@noble\/|asn1js$|micro-rsa-dsa-dh\/)/ },
  analysis: { code: ['wire', 'capture', 'dtls', 'application', 'crypto'] },
  present: { code: ['wire', 'dtls', 'application', 'analysis'], types: ['share/notes.ts'] },
  share: { code: ['wire', 'capture', 'dtls', 'crypto', 'analysis'] },
  report: { code: ['wire', 'dtls', 'analysis', 'present'] },
  export: { code: ['wire', 'capture', 'analysis'] },
  server: { code: [], packages: /^(node:|unstorage(\/|$)|hono(\/|$)|(@hono\/node-server|ioredis|aws4fetch)$)/ },
  worker: { code: ['wire', 'capture', 'dtls', 'crypto', 'analysis', 'share', 'report', 'export'] },
  cli: {
    code: [
      'wire',
      'capture',
      'dtls',
      'application',
      'crypto',
      'analysis',
      'present',
      'share',
      'report',
      'export',
      'server',
    ],
    packages: /^node:/,
  },
  ui: {
    // The work is done in the worker: the page itself holds no parser and no cipher.
    code: ['wire', 'present', 'share', 'worker/client.ts', 'worker/unreadable.ts'],
    types: ['analysis', 'worker/protocol.ts', 'worker/sharing-protocol.ts'],
    packages: /^(react|react-dom|zustand|idb-keyval)(\/|$)/,
  },
};

/** Rooms that give the same answer for the same bytes, at any time and on any machine. */
const TIMELESS = ['wire', 'capture', 'dtls', 'application', 'crypto', 'analysis', 'present', 'report', 'export'];
const TIME_AND_PLACE = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|Buffer\.(from|alloc)|process\.)/;

interface Import {
  readonly target: string;
  readonly typesOnly: boolean;
}

/** `import … from`, `export … from`, `import '…'`, `import('…')`, and `new URL('…', import.meta.url)` of a worker. */
const FORMS = [
  /\b(import|export)(\s+type)?\s[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/g,
  /\b(import)()\s*['"]([^'"]+)['"]/g,
  /\b(import)()\s*\(\s*['"]([^'"]+)['"]/g,
  /\b(new\s+URL)()\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
];

function importsOf(source: string): readonly Import[] {
  return FORMS.flatMap((form) => [...source.matchAll(form)]).map(([, , types, target = '']) => ({
    target,
    typesOnly: types !== undefined && types !== '',
  }));
}

/** What is wrong with this import in a sentence; null where it is fine. */
function complaint(file: string, { target, typesOnly }: Import): string | null {
  const room = file.split('/')[0] ?? '';
  const { code, types = [], packages } = ROOMS[room] ?? { code: [] };
  if (!target.startsWith('.')) {
    return packages?.test(target) ? null : `${file} imports the package ${target}, which ${room}/ must not use`;
  }
  const path = posix.normalize(posix.join(posix.dirname(file), target));
  const other = path.split('/')[0] ?? '';
  if (other === room) return null;
  // Data that lies outside of src/: samples, the schema, the version. Only the two ends of the house have any.
  if ((room === 'ui' || room === 'cli') && path.startsWith('../')) return null;
  const within = (allowed: readonly string[]) => allowed.some((entry) => entry === other || entry === path);
  if (within(code) || (typesOnly && within(types))) return null;
  return within(types)
    ? `${file} imports code from ${path}, of which ${room}/ may only \`import type\``
    : `${file} imports ${path}, which ${room}/ must not: it may use ${[...code, ...types].join(', ') || 'nothing'}`;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && path.includes('/'));

describe.each(Object.keys(ROOMS))('%s/', (room) => {
  test('imports only what it may', () => {
    const complaints = files
      .filter((file) => file.startsWith(`${room}/`))
      .flatMap((file) => importsOf(readFileSync(`src/${file}`, 'utf8')).map((found) => complaint(file, found)));
    expect(complaints.filter((one) => one !== null)).toEqual([]);
  });

  test.runIf(TIMELESS.includes(room))('knows no clock, no chance and no node', () => {
    const found = files
      .filter((file) => file.startsWith(`${room}/`))
      .flatMap((file) => {
        const match = withoutComments(readFileSync(`src/${file}`, 'utf8')).match(TIME_AND_PLACE);
        return match ? [`${file} uses ${match[0]}`] : [];
      });
    expect(found).toEqual([]);
  });
});

test('every folder of src/ is a room', () => {
  expect(files.map((file) => file.split('/')[0]).filter((room) => room !== undefined && !(room in ROOMS))).toEqual([]);
});

test('the rule sees every way to import, and forbids what it should', () => {
  const seen = importsOf(`
    import type { A } from './a.ts';
    import { B,
      C } from "../b.ts";
    export * from './c.ts';
    export type { D } from './d.ts';
    import './e.css';
    const f = await import('./f.ts');
    new Worker(new URL('./g.ts', import.meta.url));`);
  expect(seen.map((found) => [found.target, found.typesOnly]).sort()).toEqual([
    ['../b.ts', false],
    ['./a.ts', true],
    ['./c.ts', false],
    ['./d.ts', true],
    ['./e.css', false],
    ['./f.ts', false],
    ['./g.ts', false],
  ]);
  const code = (target: string) => ({ target, typesOnly: false });
  expect(complaint('ui/views/Start.tsx', code('../../analysis/trace.ts'))).toContain('import type');
  expect(complaint('ui/views/Start.tsx', { target: '../../analysis/trace.ts', typesOnly: true })).toBeNull();
  expect(complaint('ui/views/Start.tsx', code('../../crypto/prf.ts'))).toContain('must not');
  expect(complaint('dtls/record.ts', code('../crypto/prf.ts'))).toContain('must not');
  expect(complaint('dtls/messages/alert.ts', code('../registry.ts'))).toBeNull();
  expect(complaint('analysis/trace.ts', code('node:fs'))).toContain('package');
  expect(complaint('cli/main.ts', code('node:fs'))).toBeNull();
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
