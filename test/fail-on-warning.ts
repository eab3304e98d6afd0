/**
 * Setup of every test file: a warning from Node (a deprecation, too many listeners, an unhandled rejection turned into a
 * warning) fails the run. The experimental warning of `node:sqlite` is the one exception.
 */
process.on('warning', (warning) => {
  if (warning.name === 'ExperimentalWarning' && warning.message.includes('SQLite')) return;
  throw warning;
});
