/** The right half of the dialog: the shared trace as it opens elsewhere, and what can and cannot be read in it. */
import { useEffect, useMemo, useState } from 'react';
import { counted } from '../../../present/association-row.ts';
import { sequenceSvg } from '../../../present/sequence-svg.ts';
import type { SharePreview } from '../../../worker/sharing-protocol.ts';
import { isDark } from '../../theme.ts';

const WIDTH = 760;

interface Props {
  readonly title: string;
  readonly notes: number;
  readonly secret: boolean;
  readonly preview: SharePreview;
}

export function Recipient({ title, notes, secret, preview }: Props) {
  const { disclosure, detail, trace, packets } = preview;
  const picture = usePicture(preview);
  const lists = [
    ['Readable', disclosure.readable],
    ['Opaque', disclosure.opaque],
    ['Absent', disclosure.absent],
  ] as const;
  const facts = [
    counted(packets, 'packet'),
    ...(trace.associations.length > 1 ? [counted(trace.associations.length, 'association')] : []),
    secret ? 'with keys' : 'no keys',
    ...(notes > 0 ? [counted(notes, 'note')] : []),
  ];
  return (
    <>
      <h3 className="label">A recipient sees</h3>
      <div className="share-peek">
        <p className="share-peek-head">
          <b className="ellipsis">{title || 'Shared trace'}</b>
          <span className="muted nowrap">{facts.join(', ')}</span>
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
        <section className="share-peek-body" tabIndex={0} aria-label="The diagram, as it opens">
          {picture && <img src={picture} alt={detail?.association.verdict ?? ''} />}
          {!detail && <p className="muted">Nothing is left of it. Choose more.</p>}
        </section>
      </div>
      <dl className="share-values">
        {lists.map(([name, values]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <ul>
                {values.map((value) => (
                  <li key={value}>{value}</li>
                ))}
              </ul>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** As an image: whatever names are in it, they stay text. */
function usePicture({ trace, detail }: SharePreview): string | null {
  const svg = useMemo(
    () =>
      detail && sequenceSvg({ trace, detail, theme: isDark() ? 'dark' : 'light', width: WIDTH, heading: false }).svg,
    [trace, detail],
  );
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!svg) return setUrl(null);
    const made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return url;
}
