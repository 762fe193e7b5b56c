import type { Rule, TraceRule } from '../rule.ts';

export const WEBRTC_RULES: readonly (Rule | TraceRule)[] = [];
