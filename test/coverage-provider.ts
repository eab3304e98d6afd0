/**
 * V8's coverage of vitest, with what ran in processes of its own added to it: the built command line program and the workers it has.
 *
 * Such a process writes what V8 counted (`NODE_V8_COVERAGE`) for the files of `dist`. Their source maps say where in them each
 * statement, branch and function that vitest found in a source is, and V8 how often that place was reached.
 */
import { eachMapping, TraceMap, type EachMapping } from '@jridgewell/trace-mapping';
import v8 from '@vitest/coverage-v8';
import type { CoverageMap, FileCoverageData, Range } from 'istanbul-lib-coverage';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CoverageProvider, CoverageProviderModule, ReportContext } from 'vitest/node';
import { CHILD_COVERAGE } from './programs/child-coverage.js';

const dist = pathToFileURL(join(import.meta.dirname, '..', 'dist')).href;

/** A place in a source and where it went in a file of `dist`: an offset in UTF-16 code units. */
interface Place {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Places by source, in the order of the source. */
function placesOf(file: string): Map<string, Place[]> {
  const lineStarts = [0];
  for (const line of readFileSync(file, 'utf8').split('\n')) lineStarts.push(lineStarts.at(-1)! + line.length + 1);
  const places = new Map<string, Place[]>();
  const map = new TraceMap(readFileSync(`${file}.map`, 'utf8'));
  eachMapping(map, ({ source, originalLine, originalColumn, generatedLine, generatedColumn }: EachMapping) => {
    if (source === null) return;
    const path = resolve(dirname(file), source);
    const of = places.get(path) ?? [];
    places.set(path, of);
    of.push({ line: originalLine, column: originalColumn, offset: lineStarts[generatedLine - 1]! + generatedColumn });
  });
  for (const of of places.values()) of.sort((a, b) => a.line - b.line || a.column - b.column);
  return places;
}

/** The first place of `range`; `undefined` if nothing of it is in the file, as of a type. */
function placeIn(places: readonly Place[], { start, end }: Range): Place | undefined {
  const isBefore = (place: Place, line: number, column: number): boolean =>
    place.line < line || (place.line === line && place.column < column);
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(places[middle]!, start.line, start.column)) low = middle + 1;
    else high = middle;
  }
  const place = places[low];
  return place !== undefined && isBefore(place, end.line, end.column) ? place : undefined;
}

/** How often each offset of a script was reached: as often as the innermost range around it. */
function countsOf({ functions }: Profiler.ScriptCoverage, length: number): Float64Array {
  const counts = new Float64Array(length);
  const widthOf = ({ startOffset, endOffset }: Profiler.CoverageRange): number => endOffset - startOffset;
  const ranges = functions.flatMap((each) => each.ranges).sort((a, b) => widthOf(b) - widthOf(a));
  for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset);
  return counts;
}

/** Adds what was counted in a file of `dist` to the coverage of a source that is in it. */
function add(data: FileCoverageData, places: readonly Place[], counts: Float64Array): void {
  const countOf = (range: Range): number => counts[placeIn(places, range)?.offset ?? -1] ?? 0;
  for (const [key, range] of Object.entries(data.statementMap)) data.s[key]! += countOf(range);
  for (const [key, { loc }] of Object.entries(data.fnMap)) data.f[key]! += countOf(loc);
  for (const [key, { loc, locations }] of Object.entries(data.branchMap)) {
    const taken = locations.map((range) => (Number.isInteger(range.start.line) ? countOf(range) : undefined));
    const written = taken.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    // An `else` that is not written down has no place: it was taken as often as the whole was reached without the rest.
    for (const [index, count] of taken.entries()) data.b[key]![index]! += count ?? Math.max(countOf(loc) - written, 0);
  }
}

/** Adds what the processes that wrote into `folder` counted. */
function addProcesses(folder: string, coverage: CoverageMap): void {
  const totals = new Map<string, Float64Array>();
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profiler.TakePreciseCoverageReturnType;
    for (const script of result) {
      const file = script.url.startsWith(dist) ? fileURLToPath(script.url) : undefined;
      if (file === undefined || !existsSync(`${file}.map`)) continue;
      const total = totals.get(file) ?? new Float64Array(readFileSync(file, 'utf8').length);
      totals.set(file, total);
      for (const [offset, count] of countsOf(script, total.length).entries()) total[offset]! += count;
    }
  }
  const sources = new Set(coverage.files());
  for (const [file, counts] of totals) {
    for (const [source, places] of placesOf(file)) {
      if (sources.has(source)) add(coverage.fileCoverageFor(source).data, places, counts);
    }
  }
}

const module: CoverageProviderModule = {
  ...v8,
  async getProvider(): Promise<CoverageProvider> {
    const provider = await v8.getProvider();
    const folder = mkdtempSync(join(tmpdir(), 'custody-coverage-'));
    process.env[CHILD_COVERAGE] = folder;
    process.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    const generate = provider.generateCoverage.bind(provider);
    provider.generateCoverage = async (context: ReportContext) => {
      const coverage = (await generate(context)) as CoverageMap;
      addProcesses(folder, coverage);
      return coverage;
    };
    return provider;
  },
};

// eslint-disable-next-line no-restricted-syntax -- vitest takes the default export
export default module;
