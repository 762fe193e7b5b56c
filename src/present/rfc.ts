/** Citations as links: "RFC 6347 §4.2.4" leads to the section itself. */

export interface Citation {
  readonly text: string;
  /** Null where it is no RFC. */
  readonly href: string | null;
}

export function citation(text: string): Citation {
  const [, rfc, section] = /^RFC (\d+)(?: §([0-9A-Z][0-9A-Za-z.]*))?/.exec(text) ?? [];
  if (rfc === undefined) return { text, href: null };
  return { text, href: `https://www.rfc-editor.org/rfc/rfc${rfc}${section === undefined ? '' : anchor(section)}` };
}

/** Appendices have an anchor of their own. */
function anchor(section: string): string {
  const name = section.replace(/\.$/, '');
  return `#${/^[A-Z]/.test(name) ? 'appendix' : 'section'}-${name}`;
}
