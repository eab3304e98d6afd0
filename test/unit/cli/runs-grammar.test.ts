import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/args.js';

function parse(...argv: readonly string[]): { readonly request: unknown; readonly err: string } {
  let err = '';
  const line = parseArguments(['runs', ...argv], '1.2.3', { out: () => undefined, err: (text) => (err += text) });
  return { request: line.kind === 'command' ? line.request : line, err };
}

describe('custody runs', () => {
  it('CLI-03: reads every flag of list', () => {
    const ids = ['--run-id', 'r', '--session-id', 's', '--task-id', 't', '--tool-call-id', 'c'];
    const { request } = parse(
      ...['list', ...ids, '--command', 'npm *', '--failed', '--limit', '5', '--cursor', 'x'],
      ...[
        '--since',
        '2026-11-28T10:00:00Z',
        '--until',
        '2026-11-28T11:00:00Z',
        '--time',
        'absolute',
        '--audit-db',
        'f.db',
      ],
    );
    expect(request).toEqual({
      action: 'list',
      file: 'f.db',
      json: false,
      format: 'table',
      time: 'absolute',
      filter: {
        ...{
          runId: 'r',
          sessionId: 's',
          taskId: 't',
          toolCallId: 'c',
          command: 'npm *',
          failedOnly: true,
          limit: 5,
          cursor: 'x',
        },
        since: Date.UTC(2026, 10, 28, 10),
        until: Date.UTC(2026, 10, 28, 11),
      },
    });
  });

  it('D-33: takes --from, --to and --json for --since, --until and --format json', () => {
    const first = parse('list', '--since', '2026-11-28', '--until', '2026-11-29', '--format', 'json').request;
    const second = parse('list', '--from', '2026-11-28', '--to', '2026-11-29', '--json').request;
    expect(second).toEqual({ ...(first as object), json: true });
  });

  it.each([
    [['list', '--limit', '0'], '--limit'],
    [['list', '--since', 'yesterday'], '--since'],
    [['list', '--format', 'xml'], '--format'],
    [['prune'], 'either --older-than or --run-id'],
    [['prune', '--older-than', '30d', '--run-id', 'r'], 'either --older-than or --run-id'],
    [['prune', '--older-than', '2h'], '--older-than'],
    [['report'], '--html'],
    [['show'], 'id'],
    [['shwo'], 'show'],
  ])('refuses %j with a message that names it', (args, named) => {
    const { request, err } = parse(...args);
    expect(request).toEqual({ kind: 'finished', exitCode: 2 });
    expect(err).toContain(named);
  });
});
