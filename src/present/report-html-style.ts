/** The style sheet of the HTML report. Colours are the page's roles; text is only ever --text or --muted. */
import { declarations } from './palette.ts';

export const REPORT_STYLE: string = `
:root{color-scheme:light dark;${declarations('light')}}
@media (prefers-color-scheme:dark){:root{${declarations('dark')}}}
@media print{:root{${declarations('light')}}.wide{overflow:visible}details>*{display:block}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.45 system-ui,sans-serif}
main{max-width:1104px;margin:0 auto;padding:24px 32px}
h1{font-size:20px;line-height:1.3;margin:0 0 12px;overflow-wrap:anywhere}
h2{font-size:16px;margin:40px 0 8px;padding-top:16px;border-top:1px solid var(--line);overflow-wrap:anywhere}
h3{font-size:14px;margin:28px 0 8px}
h4{font-size:14px;margin:0 0 4px;font-weight:600;overflow-wrap:anywhere}
p{margin:0 0 8px;max-width:80ch;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.verdict{font-size:16px;font-weight:600}
.muted,footer{color:var(--muted);font-size:12px}
.problem{border-left:4px solid var(--warning-mark);padding-left:8px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px;margin:0 0 12px}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
ul{margin:0 0 8px;padding-left:20px}
li{overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:0 0 12px}
figure.wide{border:1px solid var(--line);padding:8px}
svg{display:block}
table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums}
th{text-align:left;color:var(--muted);font-weight:500;white-space:nowrap}
th,td{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:last-child{min-width:22ch}
tr:target,tr:has(:target){background:var(--sunken)}
.finding{border-left:4px solid var(--line-strong);padding:2px 0 2px 12px;margin:0 0 16px}
.failure{border-color:var(--failure)}
.warning{border-color:var(--warning-mark)}
.security{border-color:var(--undecryptable)}
details{margin:24px 0}
summary{font-weight:600;cursor:pointer;padding:4px 0}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line)}
@media (max-width:640px){main{padding:16px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}}
`;
