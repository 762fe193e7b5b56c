/** What the page asks that changes what is open: files, keys, ports. */
import { toHex } from '../wire/text.ts';
import type { AnalysisSession } from './analysis-session.ts';
import { sorted } from './kinds.ts';
import type { FromWorker, InputFile, ToWorker } from './protocol.ts';
import { readFiles } from './read-files.ts';
import type { SharedFacts } from './sharing-protocol.ts';
import type { Turns } from './turns.ts';
import { bytesOf } from './unreadable.ts';
import { CHANGED, type Changed, WhatPageHas } from './what-page-has.ts';

type Message<Do extends ToWorker['do']> = Extract<ToWorker, { readonly do: Do }>;
export type Change = Message<'open' | 'addPsk' | 'addPrivateKey' | 'forcePorts' | 'forgetKeys' | 'close'>;

/** Opens a shared trace instead of what is open; a sentence where it cannot, and then nothing changed. */
export type OpenShared = (file: InputFile, cancelled: () => boolean) => Promise<SharedFacts | string>;

export class Changes {
  readonly #post: (message: FromWorker) => void;
  readonly #turns: Turns;
  readonly #openShared: OpenShared;
  readonly #open: WhatPageHas;
  #psks = 0;

  constructor(session: AnalysisSession, post: (message: FromWorker) => void, turns: Turns, openShared: OpenShared) {
    this.#post = post;
    this.#turns = turns;
    this.#openShared = openShared;
    this.#open = new WhatPageHas(session, post, turns);
  }

  /** Resolves when it has been answered. */
  async make(message: Change): Promise<void> {
    const { job } = message;
    switch (message.do) {
      case 'open':
        return await this.#openFiles(message);
      case 'addPsk':
        return await this.#addPsk(message);
      case 'addPrivateKey':
        await this.#open.change(job, (session) => this.#addPrivateKeys(job, session, [message.file], message.password));
        return;
      case 'forcePorts':
        return await this.#forcePorts(message);
      case 'forgetKeys':
        await this.#open.change(job, (session) => {
          session.forgetKeys();
          return CHANGED;
        });
        return;
      case 'close':
        await this.#open.change(job, (session) => {
          session.close();
          session.forcePorts([]);
          return CHANGED;
        });
        return;
    }
  }

  async #openFiles({ job, files, add }: Message<'open'>): Promise<void> {
    await this.#turns.listen();
    const { keys, shared, others } = await sorted(files);
    const bringBack = this.#open.keep();
    const received = await this.#receive(job, shared);
    const changed = await this.#open.change(job, async (session) => {
      // What came with a shared trace, such as a key log, belongs to it.
      const read = await readFiles(session, others, received.ok ? true : add, this.#telling(job));
      if (read.cancelled) return read;
      const { ok, failures } = await this.#addPrivateKeys(job, session, keys, null);
      return {
        ok: received.ok || read.ok || ok,
        cancelled: false,
        failures: [...received.failures, ...read.failures, ...failures],
      };
    });
    if (!changed && received.ok) bringBack();
  }

  /** One shared trace is open at a time, and nothing beside it: the first one that is usable. */
  async #receive(job: number, files: readonly InputFile[]) {
    const cancelled = () => this.#turns.isCancelled(job);
    const failures: string[] = [];
    for (const file of files) {
      const opened = await this.#openShared(file, cancelled);
      if (cancelled()) break;
      if (typeof opened !== 'string') {
        this.#open.shared = opened;
        return { ok: true, failures };
      }
      failures.push(opened);
    }
    return { ok: false, failures };
  }

  async #addPsk({ job, identity, key, text }: Message<'addPsk'>): Promise<void> {
    // As hex a key holds no `=`, so an identity may; without an identity the key may be `IDENTITY=HEX` itself.
    const hex = text ? toHex(new TextEncoder().encode(key)) : key;
    const source = identity === '' ? `pre-shared key ${this.#psks + 1}` : `pre-shared key for ${identity}`;
    await this.#open.change(job, (session) => {
      const wrong = session.addPsk(identity === '' ? hex : `${identity}=${hex}`, { text: false, source });
      if (wrong === null) this.#psks++;
      return wrong === null ? CHANGED : { ok: false, cancelled: false, failures: [wrong] };
    });
  }

  /** A key that is encrypted is no failure: the page asks for its password. */
  async #addPrivateKeys(
    job: number,
    session: AnalysisSession,
    files: readonly InputFile[],
    password: string | null,
  ): Promise<Changed> {
    const failures: string[] = [];
    let ok = false;
    for (const file of files) {
      const bytes = await bytesOf(file.blob).catch((error: Error) => error.message);
      if (typeof bytes === 'string') {
        failures.push(`${file.name} could not be read: ${bytes}.`);
        continue;
      }
      const result = session.addPrivateKey(bytes, file.name, password ?? undefined);
      if (result.kind === 'added') ok = true;
      else if (result.kind === 'needsPassword') this.#post({ is: 'needsPassword', job, file, message: result.message });
      else failures.push(result.message);
    }
    return { ok, cancelled: false, failures };
  }

  /** Which datagrams are kept is decided while reading, so the captures are read again; keys stay. */
  async #forcePorts({ job, ports, files }: Message<'forcePorts'>): Promise<void> {
    const { others, shared } = await sorted(files);
    await this.#open.change(job, async (session) => {
      session.forcePorts(ports);
      const read = await readFiles(session, others, false, this.#telling(job));
      // A shared trace holds nothing but what was taken for DTLS.
      return { ...read, ok: read.ok || others.length === 0 || shared.length > 0 };
    });
  }

  #telling(job: number) {
    return { job, post: this.#post, turns: this.#turns };
  }
}
