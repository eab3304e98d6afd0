/** Set by `npm run coverage`: the folder to which processes of custody's own are to write what V8 counted in them. */
export const CHILD_COVERAGE = 'CUSTODY_TEST_CHILD_COVERAGE';

/** The variable that makes Node write it, where it is asked for. */
export function coverageVariable(): NodeJS.ProcessEnv {
  const folder = process.env[CHILD_COVERAGE];
  return folder === undefined ? {} : { NODE_V8_COVERAGE: folder };
}
