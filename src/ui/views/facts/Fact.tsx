/** One line of a list of facts, and the section that a longer list of them stands in. */
import { type ReactNode, useState } from 'react';
import { copyText } from '../../parts/clipboard.ts';

/** Nothing where there is nothing to say. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null || children === undefined || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function FactSection({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="fact-section" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** A long value that people carry to another tool. */
export function Copyable({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(text));
  return (
    <button
      type="button"
      className="copyable"
      title={`Copy ${what}`}
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      <span className="mono">{text}</span>
      <span className="did" role="status">
        {copied ? 'copied' : 'copy'}
      </span>
    </button>
  );
}
