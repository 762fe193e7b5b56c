/** A button that copies a text and says so. */
import { useEffect, useState } from 'react';
import { copyText } from './clipboard.ts';

interface Props {
  readonly name: string;
  /** The whole of it, where `name` is short. */
  readonly label?: string;
  /** Made only when it is wanted. */
  readonly text: () => string;
}

const SAID_MS = 1500;

export function CopyButton({ name, label = name, text }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => setCopied(await copyText(text()));
  return (
    <button type="button" className="tool plain" title={label} aria-label={label} onClick={() => void copy()}>
      {copied ? 'Copied' : name}
      <span className="unseen" role="status">
        {copied && 'Copied'}
      </span>
    </button>
  );
}
