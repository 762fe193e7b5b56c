/** What a request is refused with: a status and one sentence for whoever asked. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export class Problem extends Error {
  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ContentfulStatusCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const FULL = /ENOSPC|EDQUOT|EFBIG|no space left|\bOOM\b|maxmemory|QuotaExceeded|: 507 /i;

/** A store that fails is no fault of whoever asked, and often over soon. */
export function storeProblem(failure: unknown): Problem {
  return FULL.test(String(failure))
    ? new Problem(507, 'The store of this server is full. Nothing was stored.')
    : new Problem(503, 'The store of this server cannot be reached at the moment. Try again in a minute.', {
        'retry-after': '60',
      });
}
