/** The address bar: `#sample=<id>` names the sample that is open. Fragments are never sent to a server. */
export function sampleInHash(hash: string): string | null {
  return /^#sample=([\w.-]+)/.exec(hash)?.[1] ?? null;
}

export function showSampleInHash(id: string | null): void {
  const hash = id === null ? '' : `#sample=${id}`;
  if (location.hash !== hash) history.replaceState(null, '', hash || location.pathname + location.search);
}
