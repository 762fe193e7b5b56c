/** Where on the path a capture was taken, in words. */
import type { VantageView } from '../analysis/story.ts';

export const VANTAGES: Readonly<Record<Exclude<VantageView['position'], 'unknown'>, string>> = {
  client: 'at the client',
  server: 'at the server',
  between: 'between the endpoints',
  both: 'at both endpoints',
};
