/** Whether the server of this page keeps traces; asked once, when the dialog opens. */
import { useEffect, useState } from 'react';
import { page } from '../../page.ts';
import { pageAddress } from '../../sharing.ts';

export interface ServerFacts {
  readonly maxBytes: number;
  readonly expiryDays: number;
}

/** Null where there is none: a static host, or a file. */
export function useServer(): ServerFacts | null {
  const [server, setServer] = useState<ServerFacts | null>(null);
  useEffect(() => {
    if (!/^https?:$/.test(location.protocol)) return;
    const stop = new AbortController();
    void page.sharing({ ask: 'server', base: pageAddress() }, stop.signal).then((answer) => {
      if (answer?.kind === 'server') setServer(answer.server);
    });
    return () => stop.abort();
  }, []);
  return server;
}
