/**
 * The script of the report, which runs in a browser and in no room of ours. It makes elements and sets their text; it never makes
 * markup of data. `#filter=text` in the address fills the filter.
 */
export const REPORT_SCRIPT = `
'use strict';
(() => {
  const { runs } = JSON.parse(document.getElementById('data').textContent);
  runs.forEach((run, index) => { run.index = index; });
  const MOST_ROWS = 2000;
  const byId = (id) => document.getElementById(id);
  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const duration = (ms) => ms < 1000 ? Math.round(ms) + ' ms' : ms < 60000 ? (ms / 1000).toFixed(1) + ' s' : Math.floor(ms / 60000) + ' m ' + Math.round(ms % 60000 / 1000) + ' s';
  const size = (bytes) => bytes < 1048576 ? Math.round(bytes / 1024) + ' KiB' : (bytes / 1048576).toFixed(1) + ' MiB';
  const time = (ms) => new Date(ms).toLocaleString();

  // A run takes the first lane that is free when it starts.
  const lanesOf = (some) => {
    const ends = [];
    return [...some].sort((a, b) => a.startMs - b.startMs).map((run) => {
      let lane = ends.findIndex((end) => end <= run.startMs);
      if (lane === -1) lane = ends.length;
      ends[lane] = run.startMs + run.durationMs;
      return { run, lane };
    });
  };

  const drawTimeline = (some) => {
    const timeline = byId('timeline');
    timeline.replaceChildren();
    const from = some.reduce((least, run) => Math.min(least, run.startMs), Infinity);
    const to = some.reduce((most, run) => Math.max(most, run.startMs + run.durationMs), -Infinity);
    byId('from').textContent = some.length === 0 ? '' : time(from);
    byId('to').textContent = some.length === 0 ? '' : time(to);
    const span = Math.max(1, to - from);
    const lanes = [];
    for (const { run, lane } of lanesOf(some)) {
      if (lanes[lane] === undefined) lanes[lane] = timeline.appendChild(make('div', 'lane'));
      const bar = make('button', 'run ' + run.state, run.command);
      bar.type = 'button';
      bar.style.left = (run.startMs - from) / span * 100 + '%';
      bar.style.width = run.durationMs / span * 100 + '%';
      const said = run.command + ': ' + run.result + ', ' + duration(run.durationMs);
      bar.title = said;
      bar.setAttribute('aria-label', said);
      bar.addEventListener('click', () => {
        const row = byId('run-' + run.index);
        if (row === null) return;
        row.open = true;
        row.scrollIntoView({ block: 'center' });
        row.querySelector('summary').focus();
      });
      lanes[lane].append(bar);
    }
  };

  const rowOf = (run) => {
    const row = document.createElement('tr');
    row.append(
      make('td', 'when', time(run.startMs)),
      make('td', 'result ' + run.state, run.result),
      make('td', 'number', duration(run.durationMs)),
      make('td', 'number cpu', run.cpuMs === null ? '' : duration(run.cpuMs)),
      make('td', 'number memory', run.peakBytes === null ? '' : size(run.peakBytes)),
    );
    const cell = make('td', 'command');
    const details = make('details', '');
    details.id = 'run-' + run.index;
    details.append(make('summary', '', run.command), make('p', 'id', run.id));
    if (run.excerpt !== '') details.append(make('pre', '', run.excerpt));
    cell.append(details);
    row.append(cell);
    return row;
  };

  const draw = () => {
    const words = byId('filter').value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const failedOnly = byId('failed').checked;
    const some = runs.filter((run) => {
      if (failedOnly && run.state !== 'failed') return false;
      const text = (run.command + ' ' + run.result + ' ' + run.id + ' ' + run.excerpt).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const failed = some.filter((run) => run.state === 'failed').length;
    const total = some.reduce((sum, run) => sum + run.durationMs, 0);
    const more = some.length > MOST_ROWS ? ', the list shows ' + MOST_ROWS : '';
    byId('summary').textContent = some.length + ' of ' + runs.length + ' runs, ' + failed + ' failed, ' + duration(total) + ' in all' + more;
    drawTimeline(some);
    byId('rows').replaceChildren(...some.slice(0, MOST_ROWS).map(rowOf));
  };

  byId('filter').value = new URLSearchParams(location.hash.slice(1)).get('filter') ?? '';
  byId('filter').addEventListener('input', draw);
  byId('failed').addEventListener('change', draw);
  draw();
})();
`;
