/** Endpoints and flows of a shared trace, each written once. */
import { reachOf } from '../analysis/address-reach.ts';
import { NOTHING_GIVEN } from '../analysis/given.ts';
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import type { SharedEndpoint, SharedFlow } from './shared-trace.ts';

export class FlowTable {
  readonly endpoints: SharedEndpoint[] = [];
  readonly flows: SharedFlow[] = [];
  readonly #endpoints = new Map<string, number>();
  readonly #flows = new Map<string, number>();
  readonly #tags = new Map([['', '']]);
  readonly #shown: (address: string) => string;

  /** @param shown what is shown for an address. */
  constructor(shown: (address: string) => string) {
    this.#shown = shown;
  }

  /** The number of an endpoint that a datagram has; null for strangers. */
  known({ address, port }: Endpoint): number | null {
    return this.#endpoints.get(`${address} ${port}`) ?? null;
  }

  address(address: string): string {
    return this.#shown(address);
  }

  endpoint({ address, port }: Endpoint): number {
    const key = `${address} ${port}`;
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known;
    this.#endpoints.set(key, this.endpoints.length);
    const shown = this.#shown(address);
    const reach = shown === address ? null : reachOf(address, NOTHING_GIVEN.reach);
    return this.endpoints.push({ address: shown, port, reach }) - 1;
  }

  indexOf({ source, destination, directed, tag, carriers }: Datagram): number {
    const [from, to] = [this.endpoint(source), this.endpoint(destination)];
    const key = JSON.stringify([from, to, directed, tag, carriers]);
    const known = this.#flows.get(key);
    if (known !== undefined) return known;
    this.#flows.set(key, this.flows.length);
    // A tag may hold addresses: only which are the same is told.
    if (!this.#tags.has(tag)) this.#tags.set(tag, `t${this.#tags.size}`);
    const shown = this.#tags.get(tag) ?? '';
    return this.flows.push({ source: from, destination: to, directed, tag: shown, carriers }) - 1;
  }
}
