import type { Rule, TraceRule } from '../rule.ts';
import { noAnswerToClientHello } from './no-answer-to-clienthello.ts';

export const REACHABILITY_RULES: readonly (Rule | TraceRule)[] = [noAnswerToClientHello];
