/** A view that comes late takes the focus that was meant for it and waits on its frame. */
import { type RefObject, useEffect } from 'react';

export function useFocusOnOpen(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (document.activeElement?.matches('[data-view]')) element.current?.focus();
  }, [element]);
}
