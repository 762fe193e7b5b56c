import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressBook } from './address.ts';
import { IpHeader } from './ip.ts';
import { Routes } from './routes.ts';

function header(source: readonly number[], destination: readonly number[]): IpHeader {
  const ip = new IpHeader();
  ip.bytes = new Uint8Array([...source, ...destination]);
  ip.addressLength = source.length;
  ip.sourceAt = 0;
  ip.destinationAt = source.length;
  return ip;
}

/** Few values, so that the same ones come again. */
const byte = fc.constantFrom(0, 1, 10, 255);
const port = fc.constantFrom(0, 1, 4433, 65535);
const address = (length: number) => fc.array(byte, { minLength: length, maxLength: length });
const carriers = fc.constantFrom<readonly string[]>([], ['VXLAN'], ['GTP-U'], ['GTP-U', 'VXLAN']);
const ends = fc.constantFrom(4, 16).chain((n) => fc.tuple(address(n), address(n), port, port, carriers));

test('the same ends and carriers give the same route, others another one, and a route names them', () => {
  fc.assert(
    fc.property(fc.array(ends, { maxLength: 400 }), (all) => {
      const routes = new Routes(new AddressBook());
      const byName = new Map<string, ReturnType<Routes['find']>>();
      for (const [source, destination, from, to, carried] of all) {
        const route = routes.find(header(source, destination), from, to, [...carried]);
        const name = JSON.stringify([source, destination, from, to, carried]);
        expect(route).toBe(byName.get(name) ?? route);
        byName.set(name, route);
        expect([route.source.port, route.destination.port]).toEqual([from, to]);
        expect(route.carriers).toEqual(carried);
        expect(route.ipVersion).toBe(source.length === 4 ? 4 : 6);
        if (source.length === 4) expect(route.source.address).toBe(source.join('.'));
      }
      expect(new Set([...byName.values()].map((r) => r.index)).size).toBe(byName.size);
    }),
  );
});

test('more routes than are remembered get numbers of their own all the same', () => {
  const routes = new Routes(new AddressBook());
  const MANY = 300_000;
  let last = -1;
  for (let i = 0; i < MANY; i++) {
    const client = header([10, i >> 16, (i >> 8) & 255, i & 255], [1, 2, 3, 4]);
    const { index, source } = routes.find(client, 1000, 4433, []);
    expect(index).toBe(last + 1);
    last = index;
    if (i % 50_000 === 0) expect(source.address).toBe(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  }
});
