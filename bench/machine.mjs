/** What was measured on. */
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

export function machine() {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** Times of a machine that does something else as well say little; null where it was idle when it is asked. */
export function otherLoad(bearable = cpus().length) {
  const [load = 0] = loadavg();
  return load <= bearable
    ? null
    : `${load.toFixed(1)} processes wanted ${cpus().length} processors meanwhile: the times are too long.`;
}
