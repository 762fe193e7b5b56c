/** Forcing a port: its datagrams are taken for DTLS even where their bytes do not look like it. */
import { type FormEvent, useId, useState } from 'react';
import { page } from '../page.ts';
import { CloseMark } from '../parts/icons.tsx';
import { useStore } from '../store/store.ts';

/** The popover's id, by which the buttons that open it name it. */
export const PORTS = 'ports';
const LARGEST_PORT = 65_535;

/** The menu behind the button in the header. */
export function PortsMenu() {
  return (
    <section id={PORTS} popover="auto" className="menu" aria-label="Ports that are taken for DTLS">
      <p className="strong">Treat a UDP port as DTLS</p>
      <p className="muted small">
        Datagrams from and to it count as DTLS even where their bytes do not look like it. The files are read again.
      </p>
      <PortForm />
    </section>
  );
}

export function PortForm() {
  const [port, setPort] = useState('');
  const ports = useStore((s) => s.ports);
  const id = useId();
  const number = Number(port);
  const usable = /^\d+$/.test(port) && number >= 1 && number <= LARGEST_PORT && !ports.includes(number);
  const force = (event: FormEvent) => {
    event.preventDefault();
    if (!usable) return;
    void page.forcePorts([...ports, number]);
    setPort('');
  };
  return (
    <form className="port" onSubmit={force}>
      <label htmlFor={id} className="label">
        Treat UDP port
      </label>
      <input
        id={id}
        inputMode="numeric"
        value={port}
        maxLength={5}
        autoComplete="off"
        placeholder="5684"
        onChange={(event) => setPort(event.currentTarget.value.trim())}
      />
      <button type="submit" className="tool" disabled={!usable}>
        as DTLS
      </button>
      {ports.map((forced) => (
        <button
          key={forced}
          type="button"
          className="tool forced"
          aria-label={`No longer treat port ${forced} as DTLS`}
          onClick={() => void page.forcePorts(ports.filter((other) => other !== forced))}
        >
          {forced} <CloseMark />
        </button>
      ))}
    </form>
  );
}
