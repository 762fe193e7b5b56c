/** The second confirmation before secrets leave, and the further one for those of application data. */
import type { ListedAssociation } from '../../../analysis/listed-association.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import type { Form } from './form.ts';

interface Props {
  readonly form: Form;
  readonly chosen: readonly ListedAssociation[];
  readonly onChange: (change: Partial<Form>) => void;
}

export function SecretsWarning({ form, chosen, onChange }: Props) {
  const separate = chosen.some(({ version }) => version === 'DTLS 1.3');
  const together = chosen.some(({ version }) => version !== 'DTLS 1.3');
  return (
    <div className="share-warning">
      <p>
        <Glyph shape="warning" />
        Whoever has the link, and whoever recorded these packets, can then decrypt{' '}
        {form.records === 'all' ? 'these sessions' : 'this session'}.
        {together && ' Before DTLS 1.3 the same secret opens the handshake and the application data.'}
      </p>
      <label>
        <input
          type="checkbox"
          checked={form.agreed}
          onChange={(e) =>
            onChange({ agreed: e.currentTarget.checked, ...(form.agreed ? { dataSecrets: false } : {}) })
          }
        />
        <span>
          Anyone with the link can decrypt {form.records === 'all' ? 'these sessions' : 'this session'}: I want that
        </span>
      </label>
      {separate && (
        <label>
          <input
            type="checkbox"
            disabled={!form.agreed}
            checked={form.dataSecrets}
            onChange={(e) => onChange({ dataSecrets: e.currentTarget.checked })}
          />
          <span>also the secrets of DTLS 1.3 application data</span>
        </label>
      )}
    </div>
  );
}
