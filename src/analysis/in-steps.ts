/** Long work that is done in steps: between two of them whoever does it may pause, tell how far it is, or give it up. */

/** Ends with the result; each step before it tells how many of the things in hand are done. */
export type InSteps<Result> = Generator<number, Result, void>;

/** All steps, one after the other. */
export function atOnce<Result>(steps: Generator<unknown, Result, void>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** What `map` gives, one step each. */
export function* mapInSteps<From, To>(items: readonly From[], work: (item: From, index: number) => To): InSteps<To[]> {
  const results: To[] = [];
  for (const [i, item] of items.entries()) {
    results.push(work(item, i));
    yield i + 1;
  }
  return results;
}

/** The same steps, told in another way. */
export function* retold<Told, Result>(
  steps: InSteps<Result>,
  tell: (done: number) => Told,
): Generator<Told, Result, void> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield tell(step.value);
  }
}
