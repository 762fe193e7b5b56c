/** What is open, in the header's words. */
import type { ListedTrace } from '../analysis/listed-association.ts';
import { counted } from './association-row.ts';

export interface OpenFilesText {
  readonly name: string;
  readonly more: string;
}

/** "x.client.pcap", "and 11 more · 12 associations"; with two capture points what each of them is. */
export function openFilesText({ captures, associations, points }: ListedTrace): OpenFilesText {
  const [first, second] = captures;
  if (!first) return { name: '', more: '' };
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const found = counted(associations.length, 'association');
  if (points && second && captures.length === 2) {
    const common = commonStart(first.name, second.name);
    const each = [first, second].map((capture, i) => `${'AB'[i]} ${capture.name.slice(common.length)}`);
    // How many packets each of them has stands in the list of the capture points.
    const seen = associations.length === 1 ? 'one association' : found;
    return {
      name: common.replace(/[-_. ]+$/, '') || `${first.name}, ${second.name}`,
      more: [...each, seen].join(' · '),
    };
  }
  if (captures.length > 1) return { name: first.name, more: `and ${captures.length - 1} more · ${found}` };
  return { name: first.name, more: `${counted(packets, 'packet')} · ${found}` };
}

/** Up to the last divider that both have, so that what is left begins with a whole word. */
function commonStart(a: string, b: string): string {
  let end = 0;
  while (end < a.length && a[end] === b[end]) end++;
  return /^.*[-_. ]/.exec(a.slice(0, end))?.[0] ?? '';
}
