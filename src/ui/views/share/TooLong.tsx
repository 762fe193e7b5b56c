/** Beyond what any address bar takes: what could be left out and how long it would then be, else a file. */
import { byteCount, grouped } from '../../../present/association-row.ts';
import type { ShareChoices } from '../../../share/choices.ts';
import { LONGEST_LINK } from '../../../share/limits.ts';
import type { Trim } from '../../../share/trim.ts';
import type { ShareSize } from '../../../worker/sharing-protocol.ts';

interface Props {
  readonly trims: readonly Trim[];
  /** By `Trim id`. */
  readonly sizes: Readonly<Record<string, ShareSize>>;
  /** Of the file. */
  readonly bytes: number;
  readonly onTrim: (choices: ShareChoices) => void;
}

export function TooLong({ trims, sizes, bytes, onTrim }: Props) {
  return (
    <section className="share-long" aria-label="Too long for a link">
      <p className="small">
        No link is made of it: browsers and chats would cut it. Leave something out, or save it as a file (
        {byteCount(bytes)}) and send that.
      </p>
      <ul>
        {trims.map(({ id, says, choices }) => {
          const size = sizes[`Trim ${id}`];
          return (
            <li key={id}>
              <button type="button" className="tool" onClick={() => onTrim(choices)}>
                {says}
              </button>
              <span className="muted small">{size ? sizeText(size) : '…'}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function sizeText({ characters, bytes }: ShareSize): string {
  const fits = characters <= LONGEST_LINK;
  return fits
    ? `${grouped(characters)} characters`
    : `${grouped(characters)} characters, still too long; ${byteCount(bytes)}`;
}
