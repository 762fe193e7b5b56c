/** Waits for Ctrl+C or SIGTERM; a second one ends the process at once. */
export function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    let ended = false;
    const end = () => {
      if (ended) process.exit(130);
      ended = true;
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
