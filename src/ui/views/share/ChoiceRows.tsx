/** The left half of the dialog: what is to be shared, the values that it is about named beside it. */
import type { ListedAssociation, ListedTrace } from '../../../analysis/listed-association.ts';
import { counted, grouped } from '../../../present/association-row.ts';
import { bandOf } from '../../../share/lengths.ts';
import type { SharedFacts, SharePreview, ShareSize } from '../../../worker/sharing-protocol.ts';
import type { Around, Form } from './form.ts';
import { type Option, Options } from './Options.tsx';
import { SecretsWarning } from './SecretsWarning.tsx';

interface Props {
  readonly form: Form;
  readonly around: Around;
  readonly trace: ListedTrace;
  readonly shared: SharedFacts | null;
  readonly preview: SharePreview | null;
  readonly sizes: Readonly<Record<string, ShareSize>>;
  readonly onChange: (change: Partial<Form>) => void;
}

export function ChoiceRows({ form, around, trace, shared, preview, sizes, onChange }: Props) {
  const chosen = trace.associations.filter(({ id }) => form.records === 'all' || id === around.association);
  const before = shared?.redactions;
  const common = { sizes, now: preview?.characters ?? null };
  const all = sizes['Records all'];
  const [first] = preview?.replaced ?? [];
  const moreReplaced = (preview?.replaced.length ?? 0) - 1;
  const time = trace.captures[0]?.firstTime;
  const data = chosen.reduce((sum, { applicationData: d }) => sum + d.client.records + d.server.records, 0);
  const names = namesOf(chosen);
  const notes = [around.mine.length, around.theirs.length] as const;
  return (
    <div className="share-rows">
      <div className="share-row">
        <label htmlFor="share-title">Title</label>
        <input
          id="share-title"
          type="text"
          maxLength={120}
          value={form.title}
          onChange={(e) => onChange({ title: e.currentTarget.value })}
        />
      </div>
      <Options
        {...common}
        name="Records"
        value={form.records}
        options={[
          { value: 'association', name: 'This association' },
          ...(form.range ? [{ value: 'range' as const, name: 'Visible time range', more: rangeText(form.range) }] : []),
          ...(trace.associations.length > 1
            ? [
                {
                  value: 'all' as const,
                  name: `All ${grouped(trace.associations.length)} associations`,
                  more: all && form.records !== 'all' ? fitsText(all) : undefined,
                },
              ]
            : []),
        ]}
        onChoose={(records) => onChange({ records })}
      />
      <Options
        {...common}
        name="Content"
        value={form.applicationData}
        options={allowed<Form['applicationData']>(
          [
            {
              value: 'bodies',
              name: 'and its bodies',
              more: data > 0 ? `${counted(data, 'record')}, as captured` : 'as captured',
            },
            { value: 'lengths', name: 'and lengths of application data' },
            { value: 'marks', name: 'Handshake only', more: preview ? counted(preview.packets, 'packet') : undefined },
          ],
          before?.applicationData,
        ).toReversed()}
        onChoose={(applicationData) => onChange({ applicationData })}
      />
      <Options
        {...common}
        name="Addresses"
        value={before?.addresses === 'replaced' ? 'replaced' : form.addresses}
        options={allowed<Form['addresses']>(
          [
            { value: 'kept', name: 'Kept' },
            {
              value: 'replaced',
              name: 'Replaced',
              more: first && (
                <span className="share-value">
                  {first.from} → {first.to}
                  {moreReplaced > 0 && ` and ${moreReplaced} more`}
                </span>
              ),
            },
          ],
          before?.addresses,
        ).toReversed()}
        onChoose={(addresses) => onChange({ addresses })}
      />
      <Options
        {...common}
        name="Clock"
        value={form.clock}
        options={allowed<Form['clock']>(
          [
            { value: 'kept', name: 'Kept', more: time && <span className="share-value">{clockText(time)}</span> },
            { value: 'relative', name: 'Relative only' },
          ],
          before?.clock,
        ).toReversed()}
        onChoose={(clock) => onChange({ clock })}
      />
      <Options
        {...common}
        name="Names"
        value={before?.names === 'blanked' ? 'blanked' : form.names}
        options={allowed<Form['names']>(
          [
            {
              value: 'kept',
              name: 'Kept',
              more: <span className="share-value">{names.length > 0 ? names.join(', ') : 'there are none'}</span>,
            },
            { value: 'blanked', name: 'Blanked', more: 'signatures no longer verify' },
          ],
          before?.names,
        )}
        onChoose={(value) => onChange({ names: value })}
      />
      {form.names === 'kept' && chosen.some(hasCertificates) && (
        <Options
          {...common}
          name="Certificates"
          value={before?.certificates === 'digests' ? 'digests' : form.certificates}
          options={allowed<Form['certificates']>(
            [
              { value: 'kept', name: 'Kept' },
              { value: 'digests', name: 'Unreadable' },
            ],
            before?.certificates,
          )}
          onChoose={(certificates) => onChange({ certificates })}
        />
      )}
      <Options
        {...common}
        name="Keys"
        value={form.keys}
        options={[
          { value: 'none', name: 'None' },
          ...(trace.keys.secrets.length > 0 || (shared?.messages ?? 0) > 0
            ? [{ value: 'messages' as const, name: 'Decrypted handshake messages', more: 'as your claim' }]
            : []),
          ...(trace.keys.secrets.length > 0
            ? [
                {
                  value: 'secrets' as const,
                  name: form.records === 'all' ? 'Secrets of all associations' : 'Secrets of this association',
                  more: 'asks again',
                  below: <SecretsWarning form={form} chosen={chosen} onChange={onChange} />,
                },
              ]
            : []),
        ]}
        onChoose={(keys) => onChange({ keys, agreed: false, dataSecrets: false })}
      />
      {notes[0] + notes[1] > 0 && (
        <Options
          {...common}
          name="Notes"
          value={form.notes}
          options={[
            ...(notes[0] > 0 ? [{ value: 'mine' as const, name: `My ${counted(notes[0], 'note')}` }] : []),
            ...(notes[1] > 0
              ? [
                  {
                    value: 'all' as const,
                    name:
                      notes[0] > 0
                        ? `All ${counted(notes[0] + notes[1], 'note')}`
                        : `${counted(notes[1], 'note')} by others`,
                  },
                ]
              : []),
            { value: 'none', name: 'None' },
          ]}
          onChoose={(value) => onChange({ notes: value })}
        />
      )}
    </div>
  );
}

/** From what shows most: what was kept back by whoever shared the open trace cannot be given. */
function allowed<Value extends string>(options: readonly Option<Value>[], before: Value | undefined) {
  const from = options.findIndex(({ value }) => value === before);
  return from < 0 ? options : options.slice(from);
}

function namesOf(associations: readonly ListedAssociation[]): readonly string[] {
  const all = associations.flatMap(({ serverName, alpn, pskIdentity, certificates }) => [
    serverName,
    alpn,
    pskIdentity,
    ...[...certificates.client, ...certificates.server].flatMap(({ subject, names }) => [subject, ...names]),
  ]);
  const list = [...new Set(all.flatMap((name) => name || []))];
  return list.length > MOST_NAMES ? [...list.slice(0, MOST_NAMES), `${list.length - MOST_NAMES} more`] : list;
}

const MOST_NAMES = 8;

function hasCertificates({ certificates }: ListedAssociation): boolean {
  return certificates.client.length + certificates.server.length > 0;
}

function fitsText({ characters }: ShareSize): string {
  const band = bandOf(characters);
  return `${grouped(characters)}, ${band ? band.name : 'too long for a link'}`;
}

const rangeText = ({ fromMs, toMs }: NonNullable<Form['range']>): string =>
  `${fromMs.toFixed(3)} to ${toMs.toFixed(3)} ms`;

const clockText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
