// Promised    : what is no document of a result is refused in words; what a newer writer adds is left out.
// Not promised: that a document which was changed by hand makes sense.
import { describe, expect, it } from 'vitest';
import { CustodyError, WorkingDirectoryError } from '../../../src/core/errors.js';
import { parseResult } from '../../../src/core/parse-result.js';
import { exited, makeResult, refused } from '../failure/make-result.js';

type Plain = Record<string, unknown>;

/** The document of a result with some of its fields replaced. */
function changed(change: (document: Plain, body: Plain) => void): Plain {
  const document = JSON.parse(JSON.stringify(exited(3, 'no\n'))) as Plain;
  change(document, document['result'] as Plain);
  return document;
}

describe('RES-09: the document of a result', () => {
  it('is an envelope with a version', () => {
    const document = exited(3, 'no\n').toJSON();
    expect(Object.keys(document)).toEqual(['schemaVersion', 'id', 'command', 'result', 'correlationIds']);
    expect(document).toMatchObject({ schemaVersion: 1, id: 'exec-1', command: { file: 'tool' } });
    expect(document.result).toMatchObject({ exitCode: 3, durationMs: 1, truncation: null, stderr: 'no\n' });
    expect(document.correlationIds.runId).toBeNull();
  });

  it('lists the streams that lost output', () => {
    const { output } = exited(0);
    const cut = { ...output.stderr, totalBytes: 9, keptBytes: 4, droppedBytes: 5, truncated: true };
    const { result } = makeResult({ kind: 'exited', exitCode: 0 }, { output: { ...output, stderr: cut } }).toJSON();
    expect(result.truncation).toEqual([{ stream: 'stderr', totalBytes: 9, keptBytes: 4, droppedBytes: 5 }]);
  });

  it('holds what a handler threw as text, whatever it was', () => {
    const hostile = {
      toString: () => {
        throw new Error('no text');
      },
    };
    const lastErrorOf = (lastError: unknown): unknown => {
      const output = { ...exited(0).output, handlers: { droppedBytes: 0, failures: 1, lastError } };
      return makeResult({ kind: 'exited', exitCode: 0 }, { output }).toJSON().result.output.handlers?.lastError;
    };
    expect([new Error('full'), 42n, hostile].map(lastErrorOf)).toEqual(['full', '42', 'object']);
  });
});

describe('RES-09: parseResult', () => {
  it('takes text, a document and a result', () => {
    const result = exited(3, 'no\n');
    for (const json of [JSON.stringify(result), result.toJSON(), result]) {
      const parsed = parseResult(json);
      expect(parsed).toMatchObject({ id: 'exec-1', outcome: { kind: 'exited', exitCode: 3 }, stderr: 'no\n' });
      expect(parsed.combined()).toBe('no\n');
    }
  });

  it('leaves the document that it is given alone', () => {
    const document = exited(3).toJSON();
    parseResult(document);
    expect(Object.isFrozen(document.result.usage)).toBe(Object.isFrozen(exited(3).usage));
  });

  it('gives frozen data, all the way down', () => {
    const { cleanup, output, command } = parseResult(exited(3));
    for (const part of [cleanup, cleanup.steps, output.stdout, command.args]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('makes errors of what they were', () => {
    const details = { operation: 'chdir', errno: 'ENOENT' };
    const { outcome } = parseResult(refused(new WorkingDirectoryError('working directory not found: x', details)));
    const error = outcome.kind === 'not-started' ? outcome.error : undefined;
    expect(error).toBeInstanceOf(WorkingDirectoryError);
    expect(error).toMatchObject({
      code: 'WORKING_DIRECTORY_NOT_FOUND',
      operation: 'chdir',
      missing: 'cwd',
      errno: 'ENOENT',
    });
  });

  it('derives the flags from the outcome', () => {
    const contradiction = changed((_, body) => {
      Object.assign(body, { success: true, timedOut: true, exitCode: 0 });
    });
    expect(parseResult(contradiction)).toMatchObject({ success: false, timedOut: false, exitCode: 3 });
  });

  it('leaves out what a newer writer of the same schema adds, and takes a code it does not know for UNKNOWN', () => {
    const newer = changed((document, body) => {
      document['extra'] = 1;
      body['extra'] = 1;
      body['outcome'] = {
        kind: 'lost',
        error: { name: 'CustodyError', code: 'LATER', operation: 'wait', message: 'gone' },
      };
    });
    const parsed = parseResult(newer);
    expect(parsed).not.toHaveProperty('extra');
    expect(parsed.outcome).toMatchObject({ kind: 'lost', error: { code: 'UNKNOWN', message: 'gone' } });
  });

  const refusals: readonly (readonly [what: string, json: unknown, why: RegExp])[] = [
    ['no JSON', '{', /it is not JSON/],
    ['nothing', undefined, /it is not JSON/],
    ['a list', '[]', /it is not an object/],
    ['no version', {}, /schemaVersion must be a whole number/],
    ['a newer schema', { ...exited(0).toJSON(), schemaVersion: 2 }, /schemaVersion 2 is newer than 1/],
    ['nothing but a version', { schemaVersion: 1 }, /id must be a text; command must be an object; .*; and 1 more$/],
    [
      'an outcome of another kind',
      changed((_, body) => (body['outcome'] = { kind: 'melted' })),
      /result\.outcome\.kind must be 'exited' or /,
    ],
    [
      'an outcome named like a method',
      changed((_, body) => (body['outcome'] = { kind: 'toString' })),
      /result\.outcome\.kind must be/,
    ],
    [
      'a status without a number',
      changed((_, body) => (body['outcome'] = { kind: 'stopped', cause: 'idle', manner: 'forced', status: {} })),
      /status must have code, signal or terminated/,
    ],
    [
      'bytes that are no base64',
      changed((_, body) => (body['stdout'] = { base64: '*' })),
      /result\.stdout\.base64 must be base64/,
    ],
    [
      'a list with something else in it',
      changed((_, body) => (body['withheldEnv'] = ['A', 1])),
      /result\.withheldEnv\[1\] must be a text/,
    ],
  ];
  it.each(refusals)('refuses %s', (_, json, why) => {
    const error = (() => {
      try {
        return parseResult(json);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(CustodyError);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringMatching(why) as string });
  });
});
