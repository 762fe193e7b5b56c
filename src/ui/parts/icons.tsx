/** The few drawings of the frame. All take the text's colour. */

export function BrandMark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" aria-hidden="true">
      <path d="M3 2v14M15 2v14" strokeWidth="1.6" />
      <path d="M3 6h10M13 6l-3-2M13 6l-3 2" strokeWidth="1.4" />
      <path d="M15 12H9.6" strokeWidth="1.4" strokeDasharray="2 1.6" />
      <path d="M5.6 10.2l3.4 3.6m0-3.6-3.4 3.6" strokeWidth="1.4" />
    </svg>
  );
}

export function ThemeMark() {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="5.3" fill="none" stroke="currentColor" strokeWidth="1.3" />
      <path d="M7 1.7v10.6a5.3 5.3 0 0 0 0-10.6" fill="currentColor" />
    </svg>
  );
}

export function LockMark() {
  return (
    <svg
      className="glyph"
      width="13"
      height="14"
      viewBox="0 0 13 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      aria-hidden="true"
    >
      <rect x="1.5" y="6" width="10" height="7" />
      <path d="M3.6 6V4a2.9 2.9 0 0 1 5.8 0v2" />
    </svg>
  );
}

export function CloseMark() {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
      <path d="M2.5 2.5l7 7m0-7l-7 7" />
    </svg>
  );
}

export function LinkMark() {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      aria-hidden="true"
    >
      <path d="M6 8.6a2.6 2.6 0 0 0 3.7 0l2-2A2.6 2.6 0 0 0 8 2.9l-.8.8M8 5.4a2.6 2.6 0 0 0-3.7 0l-2 2A2.6 2.6 0 0 0 6 11.1l.8-.8" />
    </svg>
  );
}
