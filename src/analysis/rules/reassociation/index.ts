import type { Rule, TraceRule } from '../rule.ts';

export const REASSOCIATION_RULES: readonly (Rule | TraceRule)[] = [];
