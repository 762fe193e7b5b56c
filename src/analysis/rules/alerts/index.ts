import type { Rule, TraceRule } from '../rule.ts';

export const ALERT_RULES: readonly (Rule | TraceRule)[] = [];
