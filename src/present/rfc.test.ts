import { expect, test } from 'vitest';
import { RULES } from '../analysis/rules/index.ts';
import { citation } from './rfc.ts';

test('a citation leads to the section or appendix of its RFC', () => {
  expect(citation('RFC 6347 §4.2.4').href).toBe('https://www.rfc-editor.org/rfc/rfc6347#section-4.2.4');
  expect(citation('RFC 5246 §A.4').href).toBe('https://www.rfc-editor.org/rfc/rfc5246#appendix-A.4');
  expect(citation('RFC 768').href).toBe('https://www.rfc-editor.org/rfc/rfc768');
  expect(citation('openssl#18635').href).toBeNull();
});

test('what the rules cite are RFCs with sections, or no links', () => {
  for (const text of RULES.flatMap(({ citations }) => citations)) {
    const { href } = citation(text);
    expect(
      href === null || /^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+(#(section|appendix)-[\w.]+)?$/.test(href),
    ).toBe(true);
  }
});
