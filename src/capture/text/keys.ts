/** Secrets that logs and pasted text hold, gathered as lines of an NSS key log. */
import { toHex } from '../../wire/text.ts';
import { linesOf, words } from './source-text.ts';

/** More than any log has; the rest is not kept. */
const MOST_KEYS = 10_000;
/** A line of a key log, with whatever a logger put before it. */
const KEY_LOG_LINE =
  /\b((?:CLIENT|SERVER|EXPORTER|EARLY)_[A-Z0-9_]{1,40}) ([0-9a-fA-F]{64}) ([0-9a-fA-F]{64,128})(?![0-9a-fA-F])/;
/** GnuTLS at -d 9 and higher: "INT: CLIENT RANDOM[32]: 5a…". */
const GNUTLS = /INT: (CLIENT RANDOM|MASTER SECRET)\[\d{2}\]: ([0-9a-f]{64,96})(?![0-9a-f])/;

export class KeyHarvest {
  readonly #lines = new Set<string>();

  /** The master secret of DTLS 1.2 and older. */
  master(clientRandom: string, secret: string): void {
    if (clientRandom.length === 64 && secret.length === 96) this.#add(`CLIENT_RANDOM ${clientRandom} ${secret}`);
  }

  /** The random of a ClientHello and a master secret that belong together. */
  masterBytes(clientRandom: Uint8Array, secret: Uint8Array): void {
    this.master(toHex(clientRandom), toHex(secret));
  }

  /** Whatever a line can say by itself or together with lines before it. */
  addText(text: string): void {
    let random = '';
    for (const line of linesOf(text)) {
      if (line.text.length < 64) continue;
      const start = words(line);
      const logged = KEY_LOG_LINE.exec(start);
      if (logged) this.#add(`${logged[1]} ${logged[2]} ${logged[3]}`);
      const told = GNUTLS.exec(start);
      if (!told) continue;
      const [, name = '', hex = ''] = told;
      if (name === 'CLIENT RANDOM') random = hex;
      else this.master(random, hex);
    }
  }

  get count(): number {
    return this.#lines.size;
  }

  /** A key log. */
  get text(): string {
    return [...this.#lines, ''].join('\n');
  }

  #add(line: string): void {
    if (this.#lines.size < MOST_KEYS) this.#lines.add(line);
  }
}
