/** A page from a disk makes links to a file that only this machine has: what follows `#` works on any hosted page. */
import { copyText } from '../../parts/clipboard.ts';

interface Props {
  readonly link: string;
  readonly onCopied: (sentence: string) => void;
}

export function FromDisk({ link, onCopied }: Props) {
  if (window.location.protocol !== 'file:') return null;
  const fragment = link.slice(link.indexOf('#'));
  const copy = async () => {
    if (await copyText(fragment)) onCopied('Copied. Put it behind the address of a DTLScope on a server.');
  };
  return (
    <p className="small">
      This page is a file on your disk, and the link names that file.{' '}
      <button type="button" className="link" onClick={() => void copy()}>
        Copy the part from # on
      </button>{' '}
      to put it behind the address of a DTLScope on a server.
    </p>
  );
}
