/**
 * What the losses of the analysis are worth: every run of samples/corpus that went through the loss proxy is read from
 * both of its legs, and what each leg tells of losses is held against what the proxy did (samples/corpus/truth/, or the
 * actions of the manifest). Run by hand: `node scripts/loss-truth.mjs [--list] [NAME...]`; `--list` names what was
 * missed and what is wrong. test/losses.test.ts asserts the same sums.
 *
 * A datagram is LOST where the proxy dropped it or was not up yet, DAMAGED where the proxy altered or cut it, LATE where
 * the proxy held it, delayed it or took it apart. One leg, which is what one capture shows, can SHOW
 *
 * 1. of the sender on the far side of the proxy: a lost datagram that has a record with a number that is not copied from
 *    a ClientHello (as in HelloVerifyRequest and HelloRetryRequest) and not hidden, if the leg has a later number of
 *    that sender and epoch; and a lost HelloVerifyRequest or HelloRetryRequest, by the ClientHello that was sent again;
 * 2. of the sender on the near side: a lost or damaged datagram of a flight, if the leg has the whole transmission with
 *    its numbers, and the sender sent the flight again at least a timer (40 ms) later, and
 *    a. the other side went on within a quarter of the wait after the repeat, with the first sending of its answer; or
 *    b. the other side sent its own flight before again in the meantime (after a last flight: 100 ms later), and went
 *       on promptly later, or had gone on unseen before, or never went on though it cannot have thrown the flight away
 *       as unopenable or unasked (it has a ServerHello, or is a first HelloVerifyRequest); or
 *    c. an ACK names other records of the transmission and not this one, which was sent before those or 5 ms before the
 *       ACK, or an empty ACK in the clear asks for the ServerHello, and it was sent again; or
 *    d. the first ACK of the flight names a later transmission whole, and no ACK of that side was lost in between;
 * 3. of the sender on the near side: a lost ACK outside flights, if the other side sent again what it names.
 *
 * On one host 2a does not hold for what answers a HelloVerifyRequest, where nothing else was lost: a server that has
 * just asked for a cookie may be setting up its socket. Nothing shows application data, alerts, and what nobody repeats.
 *
 * FOUND: a loss of that leg lists a number of the datagram (1), or a packet of it (2, 3). A loss is WRONG where it lists
 * a number that was never sent or a transmission of which everything arrived unaltered; LATE where something of the
 * transmission was late, which no packet on the sender's side tells from lost.
 */
import { createServer } from 'vite';

const names = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const list = process.argv.includes('--list');

const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false },
});
const { impairedRuns, readRun } = /** @type {typeof import('../test/proxy-runs.ts')} */ (
  await server.ssrLoadModule('/test/proxy-runs.ts')
);
const { judge, judgeMarks } = /** @type {typeof import('../test/loss-truth.ts')} */ (
  await server.ssrLoadModule('/test/loss-truth.ts')
);

for (const keys of [true, false]) {
  /** @type {Map<string, { showable: number, found: number }>} */
  const sums = new Map();
  let [wrong, late, runs] = [0, 0, 0];
  for (const captures of impairedRuns()) {
    if (names.length > 0 && !names.some((n) => captures.name.includes(n))) continue;
    const run = await readRun(captures, keys);
    runs++;
    for (const leg of /** @type {const} */ (['client', 'server'])) {
      const judged = judge(run, leg);
      const seen = [...judged.showable, ...judgeMarks(run, leg).showable];
      for (const { what, action, found } of seen) {
        const sum = sums.get(action) ?? { showable: 0, found: 0 };
        sums.set(action, { showable: sum.showable + 1, found: sum.found + (found ? 1 : 0) });
        if (!found && list) console.log(`  missed  ${run.name}.${leg}: ${what}`);
      }
      for (const { what, late: isLate } of judged.wrong) {
        if (isLate) late++;
        else wrong++;
        if (list) console.log(`  ${isLate ? 'late  ' : 'wrong '}  ${run.name}.${leg}: ${what}`);
      }
    }
  }
  console.log(`${runs} runs, both legs, ${keys ? 'with' : 'without'} keys`);
  for (const [action, { showable, found }] of [...sums].sort())
    console.log(
      `  ${action.padEnd(14)} found ${String(found).padStart(4)} of ${String(showable).padStart(4)} that can be shown`,
    );
  console.log(`  false alarms   ${wrong}, and ${late} of datagrams that were only late`);
}
await server.close();
