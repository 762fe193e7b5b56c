/** The numbers behind a plot, unfolded on demand. */
import { useState } from 'react';
import { grouped } from '../../../present/association-row.ts';
import type { Figure } from '../../../present/statistics.ts';
import { percent } from '../../../present/statistics-plot.ts';

export function DataTable({ figure: { title, of, bars, total } }: { readonly figure: Figure }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Table<span className="unseen"> of {title}</span>
      </summary>
      {open && (
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">{of[1]}</th>
              <th scope="col">share</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, count }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{grouped(count)}</td>
                <td>{percent(count, total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
