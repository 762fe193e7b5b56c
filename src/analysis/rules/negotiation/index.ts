import type { Rule, TraceRule } from '../rule.ts';

export const NEGOTIATION_RULES: readonly (Rule | TraceRule)[] = [];
