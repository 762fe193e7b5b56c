/**
 * How often the findings name the right cause: runs a built command line over captures whose cause is known from
 * their scenarios, logs and proxies (test/causes.json), and prints a table by scenario.
 *
 *   node scripts/cause-table.mjs dist/cli.js FOLDER [--only REGEX] [--list] [--write-expect FILE]
 *
 * FOLDER has the captures, their keys and a MANIFEST.json. Right: the headline is one that is honest there, and so is
 * all the rest. Silent: something is not said. Wrong: something is said that is not so. `--list` says what, for each
 * capture that is not right. `--write-expect` writes the list as [{ match, rules }], where each line asks for one of
 * its rules. test/causes.test.ts asks `judge` the same of every sample.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * One entry for all captures of which the same holds.
 * @typedef {object} Cause
 * @property {string} match of the file name
 * @property {string} scenario its group in the table
 * @property {(string | null)[] | null} headline rules, the best first; null among them where silence is right, too;
 *   null alone where nothing went wrong
 * @property {(string | string[])[]} also rules that must be among the findings; of a list, one
 * @property {string[]} never rules and severities that must not
 * @property {string} [vantageNote] what this capture point cannot tell
 * @property {string} why
 *
 * @typedef {{ rule: string, severity: string, title: string, headline: boolean }} Finding
 * @typedef {{ kind: 'right' | 'wrong' | 'silent', complaints: string[] }} Judgement
 * @typedef {{ file: string, keys?: string, psk?: string | string[], privateKey?: string }} Known
 */

/** @type {readonly Cause[]} */
export const CAUSES = JSON.parse(readFileSync(new URL('../test/causes.json', import.meta.url), 'utf8'));

const PATTERNS = CAUSES.map((cause) => ({ cause, pattern: new RegExp(cause.match) }));

/** @param {string} file @returns {readonly Cause[]} */
export const causesOf = (file) => PATTERNS.filter(({ pattern }) => pattern.test(file)).map(({ cause }) => cause);

const SEVERITIES = ['failure', 'warning', 'security', 'note'];

/**
 * Findings of all associations of a capture; its headline is the one of the worst association.
 * @param {Cause} cause @param {readonly Finding[]} findings @returns {Judgement}
 */
export function judge({ headline, also, never }, findings) {
  const allowed = headline ?? [null];
  const worst = findings
    .filter((f) => f.headline)
    .toSorted((x, y) => SEVERITIES.indexOf(x.severity) - SEVERITIES.indexOf(y.severity))[0];
  // A remark may stand as the headline where nothing went wrong.
  const remark = worst && SEVERITIES.indexOf(worst.severity) > 1 && !allowed.includes(worst.rule);
  const said = !worst || remark ? null : worst.rule;

  const wrong = findings
    .filter((f) => never.includes(f.rule) || never.includes(f.severity))
    .map((f) => `${f.severity} ${f.rule}: ${f.title}`);
  const silent = also
    .map((wanted) => [wanted].flat())
    .filter((wanted) => !findings.some((f) => wanted.includes(f.rule)))
    .map((wanted) => `${wanted.join(' or ')} is not found`);
  if (!allowed.includes(said))
    (said === null ? silent : wrong).unshift(`the headline is ${said ?? 'missing'}, not ${allowed.join(' or ')}`);
  return {
    kind: wrong.length > 0 ? 'wrong' : silent.length > 0 ? 'silent' : 'right',
    complaints: [...wrong, ...silent],
  };
}

/** @param {string} cli @param {string} folder @param {Known} known @returns {Promise<Finding[] | string>} */
function findingsOf(cli, folder, { file, keys, psk, privateKey }) {
  const args = [cli, 'report', join(folder, file), '--format', 'json', '--quiet'];
  if (keys && existsSync(join(folder, keys))) args.push('--keys', join(folder, keys));
  for (const key of [psk ?? []].flat()) if (/^([0-9a-f]{2})+$/i.test(key)) args.push('--psk', key);
  if (privateKey && existsSync(join(folder, privateKey))) args.push('--private-key', join(folder, privateKey));
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 256 << 20 }, (error, out, complaint) => {
      if (error) return resolve(complaint.trim().split('\n')[0] || error.message);
      const report = JSON.parse(out);
      /** @type {{ findings: Finding[] }[]} */
      const associations = report.associations;
      resolve([...report.findings, ...associations.flatMap((a) => a.findings)]);
    });
  });
}

/** @returns {{ match: string, rules: (string | null)[] }[]} */
function expectations() {
  return CAUSES.flatMap(({ match, headline, also }) => {
    const rules = also.map((wanted) => [wanted].flat());
    return [...(headline && !headline.includes(null) ? [headline] : []), ...rules].map((r) => ({ match, rules: r }));
  });
}

/** @param {readonly (string | number)[]} cells */
const row = ([name, ...numbers]) => `${`${name}`.padEnd(50)}${numbers.map((n) => `${n}`.padStart(9)).join('')}`;

/** @param {string[]} argv */
async function main(argv) {
  const [cli, folder] = argv;
  /** @param {string} name */
  const option = (name) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
  const expectFile = option('--write-expect');
  if (expectFile) writeFileSync(expectFile, `${JSON.stringify(expectations(), null, 2)}\n`);
  if (!cli || !folder || cli.startsWith('--')) {
    if (!expectFile) console.error('usage: node scripts/cause-table.mjs dist/cli.js FOLDER [--only REGEX] [--list]');
    return;
  }
  const only = new RegExp(option('--only') ?? '');
  /** @type {Known[]} */
  const captures = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')).filter((/** @type {Known} */ c) =>
    only.test(c.file),
  );
  /** @type {Map<string, Judgement & { scenario: string }>} */
  const judged = new Map();
  const waiting = captures.values();
  const worker = async () => {
    for (const known of waiting) {
      const [cause] = causesOf(known.file);
      if (!cause) continue;
      const findings = await findingsOf(cli, folder, known);
      /** @type {Judgement} */
      const judgement =
        typeof findings === 'string' ? { kind: 'silent', complaints: [findings] } : judge(cause, findings);
      judged.set(known.file, { ...judgement, scenario: cause.scenario });
    }
  };
  await Promise.all([worker(), worker()]);

  const all = [...judged.values()];
  /** @param {string} name @param {(Judgement & { scenario: string })[]} of */
  const line = (name, of) =>
    row([name, of.length, ...['right', 'wrong', 'silent'].map((kind) => of.filter((j) => j.kind === kind).length)]);
  console.log(row(['scenario', 'captures', 'right', 'wrong', 'silent']));
  for (const scenario of new Set(CAUSES.map((c) => c.scenario))) {
    const of = all.filter((j) => j.scenario === scenario);
    if (of.length > 0) console.log(line(scenario, of));
  }
  console.log(line('together', all));
  for (const { file } of captures) if (!judged.has(file)) console.log(`not in test/causes.json: ${file}`);
  if (!argv.includes('--list')) return;
  for (const { file } of captures) {
    const { kind, complaints } = judged.get(file) ?? { kind: 'right', complaints: [] };
    if (kind !== 'right') console.log(`${kind.padEnd(6)} ${file}: ${complaints.slice(0, 4).join('; ')}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
