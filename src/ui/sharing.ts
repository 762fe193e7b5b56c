/** What leaves the page when something is shared: questions to the worker, files, and the address that keeps a link. */
import { version } from '../../package.json';
import { counted } from '../present/association-row.ts';
import { code, findingMarkdown, plain } from '../present/finding-markdown.ts';
import { placeInLink, USUAL_VIEW, type ViewAddress, writeAddress } from '../present/view-address.ts';
import type { ShareChoices } from '../share/choices.ts';
import type { SharedFacts, SharePreview, ShareRequest } from '../worker/sharing-protocol.ts';
import { page } from './page.ts';
import { notesToShare } from './store/notes.ts';
import { type State, useStore } from './store/store.ts';
import { saveFile } from './views/export/save.ts';

const CRASHED = 'The trace could not be shared. Reload the analysis and try again.';

export function requestOf(choices: ShareChoices): ShareRequest {
  return { choices, generator: `dtlscope ${version}` };
}

/** The address of the page itself, without a place. */
export function pageAddress(): string {
  return `${location.origin === 'null' ? 'file://' : location.origin}${location.pathname}`;
}

/** The whole link to what is shared, at the place that the reader looks at. */
export function wholeLink(head: string, numbers: SharePreview['numbers'] | null, state: State): string {
  const view = viewOf(state);
  return pageAddress() + writeAddress({ sample: null, link: head, view: numbers ? placeInLink(view, numbers) : view });
}

function viewOf({ association, record, finding, view, side, scale, axis }: State): ViewAddress {
  return { ...USUAL_VIEW, association, record, finding, view, side, scale, axis };
}

/** One sentence on what came of it. */
export async function saveTrace(choices: ShareChoices): Promise<string> {
  const answer = await page.sharing({ ask: 'file', request: requestOf(choices) });
  if (answer?.kind !== 'file') return answer?.kind === 'failed' ? answer.message : CRASHED;
  const name = `${fileName(choices.title)}.dtlstrace`;
  saveFile(name, answer.file);
  return `Saved ${name}.`;
}

/** A shared trace as it was received, with what the reader wrote on it. */
export function saveCopy(shared: SharedFacts): Promise<string> {
  const { applicationData, addresses, clock, names, certificates } = shared.redactions;
  const own = notesToShare(useStore.getState());
  return saveTrace({
    title: shared.title,
    associations: null,
    timeRange: null,
    applicationData,
    addresses,
    clock,
    names,
    certificates,
    keys: shared.secrets > 0 ? 'all-secrets' : shared.messages > 0 ? 'messages' : 'none',
    notes: [...shared.notes.filter(({ id }) => !own.some((note) => note.id === id)), ...own],
  });
}

function fileName(title: string): string {
  const plainTitle = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return plainTitle || 'trace';
}

/** Verdict and findings of what is shared, as a recipient sees them, with the link. */
export function shareMarkdown(title: string, preview: SharePreview, link: string | null): string {
  const { detail, trace } = preview;
  const association = detail?.association;
  return [
    `## ${plain(title || 'Shared trace')}`,
    '',
    ...(association ? [`${plain(association.verdict)}`, ''] : []),
    ...(association?.version ? [code(`${association.version} ${association.cipherSuite?.name ?? ''}`.trim()), ''] : []),
    ...(trace.associations.length > 1 ? [`${counted(trace.associations.length, 'association')} in all.`, ''] : []),
    ...(association?.findings ?? []).flatMap((finding) => findingMarkdown(finding)),
    ...(link === null ? [] : [`[Open this trace in DTLScope](${link})`, '']),
  ].join('\n');
}
