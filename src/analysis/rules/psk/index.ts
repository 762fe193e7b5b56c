import type { Rule, TraceRule } from '../rule.ts';

export const PSK_RULES: readonly (Rule | TraceRule)[] = [];
