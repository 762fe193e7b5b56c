/** Status and severity shapes, readable without colour. */
import type { Shape } from '../../present/association-row.ts';

export function Glyph({ shape }: { readonly shape: Shape }) {
  return (
    <svg className="glyph" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <Drawing shape={shape} />
    </svg>
  );
}

function Drawing({ shape }: { readonly shape: Shape }) {
  switch (shape) {
    case 'failure':
      return (
        <>
          <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="var(--failure)" />
          <path d="M4.2 4.2l3.6 3.6m0-3.6L4.2 7.8" stroke="var(--bg)" strokeWidth="1.3" />
        </>
      );
    case 'warning':
      return (
        <>
          <path
            d="M6 1 11.4 10.6H.6Z"
            fill="none"
            stroke="var(--warning-mark)"
            strokeWidth="1.6"
            strokeLinejoin="round"
          />
          <path d="M6 4.6v2.8M6 8.4v1" stroke="var(--text)" strokeWidth="1.3" />
        </>
      );
    case 'security':
      return (
        <>
          <path
            d="M6 .9 10.6 2.6v3.3c0 2.7-2 4.4-4.6 5.4C3.4 10.3 1.4 8.6 1.4 5.9V2.6Z"
            fill="none"
            stroke="var(--muted)"
            strokeWidth="1.3"
          />
          <path d="M6 3.6v3M6 7.6v1" stroke="var(--muted)" strokeWidth="1.3" />
        </>
      );
    case 'note':
      return (
        <>
          <circle cx="6" cy="6" r="4.6" fill="none" stroke="var(--muted)" strokeWidth="1.3" />
          <path d="M6 5.4v3M6 3.4v1" stroke="var(--muted)" strokeWidth="1.3" />
        </>
      );
    case 'ok':
      return <path d="M2 6.4 4.8 9 10 3.2" fill="none" stroke="var(--ok)" strokeWidth="1.7" />;
  }
}
