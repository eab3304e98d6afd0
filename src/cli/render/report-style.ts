/** The style of the report: the reader's own light or dark, and nothing that says something by colour alone. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ok: #1a7f37; --failed: #b3261e; --open: #8a5a00; --line: #d0d7de; --dim: #57606a; --lane: #f3f5f7; --page: #ffffff; --text: #1f2328; }
@media (prefers-color-scheme: dark) {
  :root { --ok: #4ac26b; --failed: #ff8a80; --open: #e3b341; --line: #3d444d; --dim: #9aa4af; --lane: #1b2129; --page: #0f1419; --text: #e6edf3; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.1rem; }
#summary { margin: .25rem 0 1rem; color: var(--dim); }
input[type="search"] { width: min(28rem, 60vw); padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--lane); color: inherit; font: inherit; }
label { margin-right: .5rem; }
#timeline { max-height: 24rem; overflow: auto; border: 1px solid var(--line); border-radius: .4rem; }
.lane { position: relative; height: 1.5rem; }
.lane:nth-child(even) { background: var(--lane); }
.run { position: absolute; top: .2rem; height: 1.1rem; min-width: 3px; padding: 0; border: 0; border-radius: 2px; overflow: hidden; text-align: left; white-space: nowrap; font: 11px/1.1rem ui-monospace, monospace; color: var(--page); cursor: pointer; }
.run.ok { background: var(--ok); }
.run.failed { background: repeating-linear-gradient(135deg, var(--failed) 0 8px, color-mix(in srgb, var(--failed) 75%, black) 8px 10px); }
.run.open { background: var(--open); }
:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
#axis { display: flex; justify-content: space-between; margin: .25rem 0; color: var(--dim); font-size: .85rem; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--dim); font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
td.result { white-space: nowrap; font-weight: 600; }
td.result.ok { color: var(--ok); } td.result.failed { color: var(--failed); } td.result.open { color: var(--open); }
td.when { white-space: nowrap; color: var(--dim); }
td.command { width: 60%; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .9rem; }
summary { cursor: pointer; }
pre { margin: .5rem 0; padding: .5rem; max-height: 20rem; overflow: auto; border-radius: .4rem; background: var(--lane); white-space: pre-wrap; }
.id { color: var(--dim); }
@media (max-width: 45rem) { .cpu, .memory, th:nth-child(4), th:nth-child(5) { display: none; } }
`;
