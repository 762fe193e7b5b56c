import type { Rule, TraceRule } from '../rule.ts';
import { bothPassive } from './both-passive.ts';
import { clientHelloRace } from './clienthello-race.ts';
import { demuxMisroute } from './demux-misroute.ts';
import { dtlsBeforeIce } from './dtls-before-ice.ts';
import { dtlsInStun } from './dtls-in-stun.ts';
import { dtlsRoleWrongAfterRestart } from './dtls-role-wrong-after-restart.ts';
import { fingerprintMismatch } from './fingerprint-mismatch.ts';
import { noUseSrtp } from './no-use-srtp.ts';
import { srtpBeforeFinished } from './srtp-before-finished.ts';

export const WEBRTC_RULES: readonly (Rule | TraceRule)[] = [
  bothPassive,
  fingerprintMismatch,
  noUseSrtp,
  dtlsBeforeIce,
  dtlsRoleWrongAfterRestart,
  demuxMisroute,
  srtpBeforeFinished,
  clientHelloRace,
  dtlsInStun,
];
