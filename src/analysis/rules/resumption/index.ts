import type { Rule, TraceRule } from '../rule.ts';

export const RESUMPTION_RULES: readonly (Rule | TraceRule)[] = [];
