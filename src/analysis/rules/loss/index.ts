import type { Rule, TraceRule } from '../rule.ts';

export const LOSS_RULES: readonly (Rule | TraceRule)[] = [];
