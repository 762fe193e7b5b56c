import type { Rule, TraceRule } from '../rule.ts';
import { clientIgnoresHvr } from './client-ignores-hvr.ts';
import { cookieHelloParametersChanged } from './cookie-hello-parameters-changed.ts';
import { cookieRejectedLoop } from './cookie-rejected-loop.ts';
import { hvrLost } from './hvr-lost.ts';
import { noCookieExchange } from './no-cookie-exchange.ts';
import { serverIgnoresRepeatedClientHelloAfterHvr } from './server-ignores-repeated-clienthello-after-hvr.ts';
import { serverMuteAfterCookie } from './server-mute-after-cookie.ts';
import { serverRetransmitsHvr } from './server-retransmits-hvr.ts';
import { staleCookie } from './stale-cookie.ts';

export const COOKIE_RULES: readonly (Rule | TraceRule)[] = [
  hvrLost,
  serverIgnoresRepeatedClientHelloAfterHvr,
  cookieRejectedLoop,
  clientIgnoresHvr,
  cookieHelloParametersChanged,
  serverMuteAfterCookie,
  staleCookie,
  noCookieExchange,
  serverRetransmitsHvr,
];
