import type { Rule, TraceRule } from '../rule.ts';

export const COOKIE_RULES: readonly (Rule | TraceRule)[] = [];
