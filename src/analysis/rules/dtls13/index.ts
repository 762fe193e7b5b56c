import type { Rule, TraceRule } from '../rule.ts';

export const DTLS13_RULES: readonly (Rule | TraceRule)[] = [];
