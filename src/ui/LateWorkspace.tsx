/**
 * The workspace is not needed for the start screen, so its program comes after it. Not by `lazy`: React shows what that
 * brought 300 ms late even where it is there already.
 */
import { type ComponentType, useEffect, useState } from 'react';

let Workspace: ComponentType | null = null;

/** main.tsx fetches it ahead. */
export async function fetchWorkspace(): Promise<ComponentType> {
  Workspace = (await import('./views/Workspace.tsx')).Workspace;
  return Workspace;
}

export function LateWorkspace() {
  const [It, show] = useState(() => Workspace);
  useEffect(() => {
    if (!It) void fetchWorkspace().then((it) => show(() => it));
  }, [It]);
  return It && <It />;
}
