/** One request with progress, a way to give up, and a limit on what comes back. Never throws. */

/** How long the caller waits, and what it hears meanwhile. */
export interface Patience {
  readonly signal?: AbortSignal;
  /** Bytes sent or received so far, and of how many; null where nobody knows. */
  readonly progress?: (done: number, total: number | null) => void;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
  /** {} where the body is no JSON object. */
  readonly json: () => Readonly<Record<string, unknown>>;
}

export type NoAnswer = { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'cancelled' };

interface Asking extends Patience {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Bytes of the answer. */
  readonly limit: number;
}

export async function ask(method: string, address: string, asking: Asking): Promise<Answer | NoAnswer> {
  const { signal, body } = asking;
  if (signal?.aborted) return { kind: 'cancelled' };
  try {
    // Only XMLHttpRequest tells how much of a body was sent; node does not have it.
    return body && asking.progress && typeof XMLHttpRequest !== 'undefined'
      ? await send(method, address, body, asking)
      : await fetched(method, address, asking);
  } catch {
    return signal?.aborted ? { kind: 'cancelled' } : unreachable(address);
  }
}

export function unreachable(address: string): { readonly kind: 'failed'; readonly message: string } {
  return {
    kind: 'failed',
    message: `The server ${new URL(address).host} does not answer as it should. Check the connection and try again.`,
  };
}

async function fetched(method: string, address: string, asking: Asking): Promise<Answer | NoAnswer> {
  const { headers = {}, body, signal, progress, limit } = asking;
  const response = await fetch(address, {
    method,
    headers,
    cache: 'no-store',
    credentials: 'same-origin',
    referrerPolicy: 'no-referrer',
    ...(body ? { body } : {}),
    ...(signal ? { signal } : {}),
  });
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(length) ? length : null;
  const pieces: Uint8Array[] = [];
  let received = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    received += read.value.length;
    if (received > limit) {
      void reader?.cancel();
      return { kind: 'failed', message: 'The server sends more than any trace holds.' };
    }
    pieces.push(read.value);
    if (!body) progress?.(received, total);
  }
  return answerOf(response.status, joined(pieces, received));
}

function send(
  method: string,
  address: string,
  body: Uint8Array<ArrayBuffer>,
  { headers = {}, signal, progress }: Asking,
): Promise<Answer | NoAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const giveUp = () => request.abort();
    const done = (work: () => void) => () => {
      signal?.removeEventListener('abort', giveUp);
      work();
    };
    request.open(method, address);
    request.responseType = 'arraybuffer';
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => progress?.(loaded, body.length);
    request.onload = done(() => resolve(answerOf(request.status, new Uint8Array(request.response as ArrayBuffer))));
    request.onerror = done(() => reject(new Error('no answer')));
    request.onabort = done(() => resolve({ kind: 'cancelled' }));
    signal?.addEventListener('abort', giveUp);
    request.send(body);
  });
}

function answerOf(status: number, body: Uint8Array<ArrayBuffer>): Answer {
  return { kind: 'answer', status, body, json: () => parsed(body) };
}

function parsed(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
