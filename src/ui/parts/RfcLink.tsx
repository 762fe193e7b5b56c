/** A citation; of an RFC a link to the section. It leaves the page only when it is clicked. */
import { citation as read } from '../../present/rfc.ts';

export function RfcLink({ citation }: { readonly citation: string }) {
  const { text, href } = read(citation);
  if (href === null) return <span className="muted">{text}</span>;
  return (
    <a className="rfc" href={href} target="_blank" rel="noreferrer">
      {text}
    </a>
  );
}
