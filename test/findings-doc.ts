/** docs/findings/: a page per rule, made from the rule's own words and the finding on its sample. */
import { RULES } from '../src/analysis/rules/index.ts';
import type { Group, RuleText } from '../src/analysis/rules/rule.ts';
import { textDiagram } from '../src/present/text-diagram.ts';
import { KNOWN, textOf } from './captures.ts';
import { addKeys, detailOf, openSession } from './open-session.ts';

const MADE =
  'Written from the rules by `UPDATE=1 npx vitest run --project node test/findings-doc.test.ts`. Do not edit it by hand.';

const GROUPS: Readonly<Record<Group, string>> = {
  reachability: 'Reachability and NAT',
  cookies: 'Cookies',
  negotiation: 'Version, cipher suite and extensions',
  certificates: 'Certificates',
  fragmentation: 'Fragments and MTU',
  loss: 'Loss, timers and the last flight',
  psk: 'Pre-shared keys',
  reassociation: 'New associations on old addresses, connection IDs',
  resumption: 'Resumption and renegotiation',
  alerts: 'Alerts',
  epochs: 'Epochs, order and replay',
  webrtc: 'WebRTC',
  iot: 'IoT and VPN',
  dtls13: 'DTLS 1.3 and what follows its handshake',
  security: 'Security, and the capture itself',
};

const KEYS: Readonly<Record<RuleText['keys'], string>> = {
  no: 'Found without keys.',
  helps: 'Found without keys; with keys it is more certain.',
  needed: 'Found only with keys that open the records it looks at.',
};

/** File name in docs/findings/ → its text. */
export async function findingsDocuments(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const rule of RULES) pages.set(`${rule.id}.md`, await page(rule));
  pages.set('README.md', index());
  return pages;
}

function index(): string {
  const lines = [
    '# Findings',
    '',
    `${RULES.length} rules look for what goes wrong in a DTLS handshake. ${MADE}`,
    '',
    'A *failure* ended or prevents the association. A *warning* cost time or is risky. *Security* is a weakness whether or not anything failed. A *note* explains.',
    '',
  ];
  for (const [group, title] of Object.entries(GROUPS)) {
    const rules = RULES.filter((r) => r.group === group);
    if (rules.length === 0) continue;
    lines.push(`## ${title}`, '', '| rule | severity | |', '|---|---|---|');
    for (const { id, severity, title: what } of rules) lines.push(`| [\`${id}\`](${id}.md) | ${severity} | ${what} |`);
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

async function page(rule: RuleText): Promise<string> {
  const lines = [
    `# ${rule.title}`,
    '',
    `\`${rule.id}\` · ${rule.severity} · ${KEYS[rule.keys]}`,
    '',
    '## What it looks like',
    '',
    rule.looksLike,
    '',
    ...(rule.sample ? await sampleLines(rule.id, rule.sample) : []),
    '## Why it happens',
    '',
    rule.why,
    '',
    '## What to do',
    '',
    rule.advice,
    '',
    '## What else it could be',
    '',
    ...rule.alternatives.map((a) => `* ${a}`),
    '',
    '## Sources',
    '',
    ...[...rule.citations, ...(rule.sources ?? [])].map((s) => `* ${s}`),
    '',
    `<!-- ${MADE} -->`,
  ];
  return `${lines.join('\n')}\n`;
}

const DIAGRAM_WIDTH = 96;
const DIAGRAM_LINES = 40;

async function sampleLines(rule: string, file: string): Promise<string[]> {
  const session = await openSession(file);
  const known = KNOWN.find((k) => k.file === file);
  if (known?.keys) addKeys(session, known.keys);
  if (known?.privateKey) session.addPrivateKey(textOf(known.privateKey), known.privateKey);
  const { associations, findings } = session.trace();
  const association = associations.find((a) => a.findings.some((f) => f.rule === rule));
  const finding = [...(association?.findings ?? []), ...findings].find((f) => f.rule === rule);
  if (!finding) throw new Error(`${rule} does not fire on its sample ${file}`);
  const shown = association ?? associations[0];
  const diagram = shown ? textDiagram(detailOf(session, shown), DIAGRAM_WIDTH) : [];
  const cut = diagram.length > DIAGRAM_LINES ? [...diagram.slice(0, DIAGRAM_LINES), '…'] : diagram;
  return [
    `In \`${file}\`: **${finding.title}.** ${finding.explanation}`,
    '',
    ...finding.evidence.map(({ packet, says }) => `* ${packet === null ? '' : `packet ${packet}: `}${says}`),
    '',
    ...(cut.length > 0 ? ['```', ...cut, '```', ''] : []),
  ];
}
