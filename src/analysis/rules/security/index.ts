import type { Rule, TraceRule } from '../rule.ts';

export const SECURITY_RULES: readonly (Rule | TraceRule)[] = [];
