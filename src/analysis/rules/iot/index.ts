import type { Rule, TraceRule } from '../rule.ts';

export const IOT_RULES: readonly (Rule | TraceRule)[] = [];
