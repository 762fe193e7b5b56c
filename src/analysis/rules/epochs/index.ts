import type { Rule, TraceRule } from '../rule.ts';

export const EPOCH_RULES: readonly (Rule | TraceRule)[] = [];
