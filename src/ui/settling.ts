/** In a burst of questions, such as scrubbing asks, only the first and the last one are put; a single one at once. */

const QUIET_MS = 70;

export function settling<T>(ask: (question: T) => void): (question: T) => void {
  let quiet: ReturnType<typeof setTimeout> | null = null;
  let last: { readonly question: T } | null = null;
  return (question) => {
    if (quiet === null) ask(question);
    else {
      clearTimeout(quiet);
      last = { question };
    }
    quiet = setTimeout(() => {
      quiet = null;
      const held = last;
      last = null;
      if (held) ask(held.question);
    }, QUIET_MS);
  };
}
