/** Where texts lie that were kept lately: who says the same again refers to them. */

/** Of all of them together. */
const MOST_CHARACTERS = 1 << 20;

export class RecentTexts {
  readonly #places = new Map<string, number>();
  #characters = 0;

  find(text: string): number | undefined {
    return this.#places.get(text);
  }

  note(text: string, place: number): void {
    // What repeats is soon there again; what does not need not be remembered.
    if (this.#characters + text.length > MOST_CHARACTERS) {
      this.#places.clear();
      this.#characters = 0;
    }
    this.#places.set(text, place);
    this.#characters += text.length;
  }
}
