import type { Rule, TraceRule } from '../rule.ts';

export const CERTIFICATE_RULES: readonly (Rule | TraceRule)[] = [];
