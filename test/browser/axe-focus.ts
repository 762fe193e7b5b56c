/** Where the focus is: what a screen reader calls it, and whether an eye can find it. */
import type { CDPSession, Page } from 'playwright-core';

export interface Stop {
  /** A path that tells elements apart. */
  readonly where: string;
  readonly role: string;
  readonly name: string;
  /** An outline of at least 2 px, on it or on what stands for it, inside the window. */
  readonly visible: boolean;
  /** The part of the page that F6 goes to, or null. */
  readonly zone: string | null;
  readonly inDialog: boolean;
}

/** Null where nothing has the focus. */
export async function focus(page: Page): Promise<Stop | null> {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const path: string[] = [];
    for (let at: Element | null = element; at?.parentElement; at = at.parentElement)
      path.unshift(`${at.localName}${[...at.parentElement.children].indexOf(at)}`);
    const ring = getComputedStyle(document.documentElement).getPropertyValue('--focus');
    const probe = document.createElement('i');
    probe.style.color = ring;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    /** What is drawn has no outline, but a frame in the colour of the focus. */
    const outlined = (one: Element) => {
      const style = getComputedStyle(one);
      // The ring of a line between two panes is around the line, which is less than what the pointer finds.
      if (one.getAttribute('role') === 'separator') {
        const ring = getComputedStyle(one, '::after');
        return ring.outlineStyle !== 'none' && Number.parseFloat(ring.outlineWidth) >= 2;
      }
      if (one instanceof SVGElement && one.localName === 'rect')
        return style.display !== 'none' && style.stroke === colour && Number.parseFloat(style.strokeWidth) >= 2;
      return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
    };
    const box = element.getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const around = [element, element.parentElement, element.parentElement?.parentElement];
    const shown = [...around, ...element.querySelectorAll('rect')].some((one) => one && outlined(one));
    return {
      where: path.join(' '),
      visible: inside && box.width > 0 && box.height > 0 && shown,
      zone: element.closest('[data-zone]')?.getAttribute('data-zone') ?? null,
      inDialog: element.closest('dialog') !== null,
    };
  });
  return seen && { ...seen, ...(await spoken(page)) };
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** As the browser tells assistive technology. */
async function spoken(page: Page): Promise<{ readonly role: string; readonly name: string }> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  const cdp = await session;
  const { result } = await cdp.send('Runtime.evaluate', { expression: 'document.activeElement' });
  const { objectId } = result;
  if (objectId === undefined) return { role: '', name: '' };
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', { objectId, fetchRelatives: false });
  const text = (value: { readonly value?: unknown } | undefined) => String(value?.value ?? '');
  return { role: text(nodes[0]?.role), name: text(nodes[0]?.name) };
}

/** All stops of Tab, in order, once round from wherever the focus is. */
export async function walk(page: Page, key: 'Tab' | 'Shift+Tab', most = 150): Promise<readonly Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key);
    const stop = await focus(page);
    if (stop && stop.where === stops[0]?.where) return stops;
    // Behind the last one the browser's own controls have the focus, once in a round.
    if (stop) stops.push(stop);
  }
  throw new Error(`Tab never came round: ${stops.slice(-6).map(describe).join(' | ')}`);
}

export function describe({ role, name, zone, visible }: Stop): string {
  return `${role} “${name.slice(0, 60)}”${zone ? ` in ${zone}` : ''}${visible ? '' : ' (unseen)'}`;
}
