/** Markup as text. Everything that comes from the wire goes through `escaped`, in text and in attributes alike. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that XML 1.0 cannot write, and those that would turn the text around them, become a replacement character. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (letter) =>
      /[\t\n\r]/.test(letter) ? letter : '\ufffd',
    );
}

type Value = string | number | null | undefined | false;

/** ` x="1" y="2"`; null, undefined and false leave their attribute out. */
export function attributes(of: Readonly<Record<string, Value>>): string {
  return Object.entries(of)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? rounded(value) : escaped(String(value))}"`)
    .join('');
}

/** An element; `inside` is markup already. */
export function element(name: string, of: Readonly<Record<string, Value>>, inside: string | null = null): string {
  return inside === null ? `<${name}${attributes(of)}/>` : `<${name}${attributes(of)}>${inside}</${name}>`;
}

/** No more digits than anybody sees. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
