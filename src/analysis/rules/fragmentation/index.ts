import type { Rule, TraceRule } from '../rule.ts';

export const FRAGMENTATION_RULES: readonly (Rule | TraceRule)[] = [];
