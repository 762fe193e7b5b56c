import { expect, test } from 'vitest';
import { element, escaped } from './markup.ts';

test('what would be markup is text, in elements and in attributes', () => {
  expect(escaped(`<img src=x onerror="alert('&')">`)).toBe(
    '&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;',
  );
  expect(element('a', { href: '"><script>' }, escaped('<b>'))).toBe('<a href="&quot;&gt;&lt;script&gt;">&lt;b&gt;</a>');
});

test('what XML cannot write, and what would turn the text around it, is replaced', () => {
  expect(escaped('a\u0000b\u001bc\ud800d\u202ee\ufffff\n')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\n');
  expect(escaped('🔑 Zürich')).toBe('🔑 Zürich');
});

test('attributes that are null, undefined or false are left out; numbers have no more digits than anybody sees', () => {
  expect(element('rect', { x: 1.23456, y: 0, fill: null, rx: undefined, ry: false })).toBe('<rect x="1.23" y="0"/>');
});
