/** What the dialog's rows say, and the choices that follow from them. */
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { LEAST, type ShareChoices } from '../../../share/choices.ts';
import type { Note } from '../../../share/notes.ts';
import type { SharedFacts } from '../../../worker/sharing-protocol.ts';

export type Records = 'association' | 'range' | 'all';
export type Keys = 'none' | 'messages' | 'secrets';
export type Whose = 'mine' | 'all' | 'none';

export interface Form {
  readonly title: string;
  readonly records: Records;
  readonly range: ShareChoices['timeRange'];
  readonly applicationData: ShareChoices['applicationData'];
  readonly addresses: ShareChoices['addresses'];
  readonly clock: ShareChoices['clock'];
  readonly names: ShareChoices['names'];
  readonly certificates: ShareChoices['certificates'];
  readonly keys: Keys;
  /** Anyone with the link can decrypt: understood. */
  readonly agreed: boolean;
  /** Secrets of application data too. */
  readonly dataSecrets: boolean;
  readonly notes: Whose;
}

const LONGEST_TITLE = 120;

export function initialForm(
  detail: AssociationDetail,
  shared: SharedFacts | null,
  range: Form['range'],
  associations: number,
): Form {
  const { association } = detail;
  const headline = association.findings[0]?.title ?? association.verdict;
  const { timeRange: _, keys: __, ...least } = LEAST;
  return {
    ...least,
    title: (shared?.title || headline).slice(0, LONGEST_TITLE),
    records: shared && associations > 1 ? 'all' : 'association',
    range,
    keys: 'none',
    agreed: false,
    dataSecrets: false,
    notes: shared ? 'all' : 'mine',
  };
}

export interface Around {
  /** Id of the association that is looked at. */
  readonly association: string;
  readonly mine: readonly Note[];
  readonly theirs: readonly Note[];
}

/** Secrets only once the warning was understood. */
export function choicesOf(form: Form, { association, mine, theirs }: Around): ShareChoices {
  const { title, records, range, applicationData, addresses, clock, names, certificates, keys, agreed, dataSecrets } =
    form;
  const secrets = agreed ? (dataSecrets ? ('all-secrets' as const) : ('secrets' as const)) : ('none' as const);
  const foreign = theirs.filter(({ id }) => !mine.some((note) => note.id === id));
  return {
    title,
    associations: records === 'all' ? null : [association],
    timeRange: records === 'range' ? range : null,
    applicationData,
    addresses,
    clock,
    names,
    certificates,
    keys: keys === 'secrets' ? secrets : keys,
    notes: form.notes === 'none' ? [] : form.notes === 'mine' ? mine : [...mine, ...foreign],
  };
}

/** The form that gives these choices: for what was trimmed. */
export function formOf(form: Form, choices: ShareChoices): Form {
  const { associations, timeRange, applicationData, certificates } = choices;
  return {
    ...form,
    records: timeRange ? 'range' : associations ? 'association' : 'all',
    range: timeRange ?? form.range,
    applicationData,
    certificates,
  };
}

/** Every answer that is not chosen, with the name of its row: what it would add is measured. */
export function otherForms(form: Form, has: { readonly all: boolean; readonly notes: boolean }) {
  const others: { readonly id: string; readonly form: Form }[] = [];
  const row = <Key extends keyof Form>(name: string, key: Key, values: readonly Form[Key][]) => {
    for (const value of values)
      if (value !== form[key]) others.push({ id: `${name} ${String(value)}`, form: { ...form, [key]: value } });
  };
  row('Records', 'records', [
    'association',
    ...(form.range ? (['range'] as const) : []),
    ...(has.all ? (['all'] as const) : []),
  ]);
  row('Content', 'applicationData', ['marks', 'lengths', 'bodies']);
  row('Addresses', 'addresses', ['replaced', 'kept']);
  row('Clock', 'clock', ['relative', 'kept']);
  row('Names', 'names', ['kept', 'blanked']);
  row('Certificates', 'certificates', ['kept', 'digests']);
  row('Keys', 'keys', ['none', 'messages']);
  if (form.keys !== 'secrets') others.push({ id: 'Keys secrets', form: { ...form, keys: 'secrets', agreed: true } });
  if (has.notes) row('Notes', 'notes', ['mine', 'all', 'none']);
  return others;
}
