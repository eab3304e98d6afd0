/**
 * Commands that do not end by themselves, or that wait for somebody. A table by name; a row applies when its condition holds.
 *
 * What decides is what a tool does by default when nobody is at a terminal: `vitest` runs once there and is no watcher, `vite`
 * serves. Commands that end at once because there is nothing to read are listed all the same where their only use is a dialogue.
 */
import { hasFlag, operandsOf, type Args } from './command-name.js';
import type { EligibilityRule } from './verdict.js';

type Condition = (args: Args) => boolean;

interface Row {
  readonly names: string;
  readonly rule: EligibilityRule;
  readonly when?: Condition;
}

const always: Condition = () => true;
const first =
  (...verbs: readonly string[]): Condition =>
  (args) =>
    verbs.includes(operandsOf(args)[0] ?? '');
const unless =
  (...verbs: readonly string[]): Condition =>
  (args) =>
    !first(...verbs)(args) && !asksForHelp(args);
const flag =
  (...flags: readonly string[]): Condition =>
  (args) =>
    hasFlag(args, ...flags);
const both =
  (one: Condition, other: Condition): Condition =>
  (args) =>
    one(args) && other(args);
const either =
  (one: Condition, other: Condition): Condition =>
  (args) =>
    one(args) || other(args);
const not =
  (condition: Condition): Condition =>
  (args) =>
    !condition(args);
/** `docker compose up`: the words, in this order. */
const verbs =
  (...path: readonly string[]): Condition =>
  (args) =>
    path.every((verb, at) => operandsOf(args)[at] === verb);
const some =
  (...wanted: readonly string[]): Condition =>
  (args) =>
    args.some((arg) => wanted.includes(arg));

function asksForHelp(args: Args): boolean {
  return hasFlag(args, '--help', '--version', '-h', '-V', '-v', '-?');
}

const SERVERS: readonly Row[] = [
  { names: 'vite', rule: 'server', when: unless('build', 'optimize') },
  {
    names: 'next nuxt nuxi astro remix gatsby',
    rule: 'server',
    when: first('dev', 'start', 'preview', 'develop', 'serve'),
  },
  {
    names: 'vue-cli-service ng docusaurus vitepress vuepress eleventy',
    rule: 'server',
    when: first('serve', 'start', 'dev', 'preview'),
  },
  {
    names: 'react-scripts storybook expo react-native wrangler vercel netlify medusa strapi',
    rule: 'server',
    when: first('start', 'dev', 'develop'),
  },
  { names: 'webpack webpack-cli rspack', rule: 'server', when: first('serve', 's', 'server') },
  { names: 'parcel', rule: 'server', when: unless('build', 'help') },
  { names: 'esbuild eleventy tsup', rule: 'server', when: flag('--serve', '--servedir') },
  {
    names:
      'webpack-dev-server start-storybook http-server serve live-server json-server browser-sync local-web-server ws metro',
    rule: 'server',
    when: not(asksForHelp),
  },
  {
    names: 'uvicorn gunicorn hypercorn daphne waitress-serve puma unicorn thin rackup php-fpm',
    rule: 'server',
    when: not(asksForHelp),
  },
  {
    names: 'flask mkdocs fastapi jekyll hugo zola mdbook streamlit ollama minio symfony',
    rule: 'server',
    when: first('run', 'dev', 'serve', 'server', 's'),
  },
  { names: 'rails', rule: 'server', when: first('server', 's') },
  { names: 'rails', rule: 'interactive', when: first('console', 'c', 'dbconsole', 'db') },
  {
    names: 'caddy traefik prometheus grafana-server etcd nats-server cockroach',
    rule: 'server',
    when: not(either(asksForHelp, first('fmt', 'validate', 'version', 'sql'))),
  },
  {
    names: 'jupyter jupyter-lab jupyter-notebook tensorboard',
    rule: 'server',
    when: unless('nbconvert', 'kernelspec', '--version'),
  },
  {
    names: 'ngrok cloudflared lt localtunnel',
    rule: 'server',
    when: not(either(asksForHelp, first('version', 'update', 'config'))),
  },
  { names: 'php', rule: 'server', when: either(flag('-S'), both(first('artisan'), some('serve'))) },
  {
    names: 'python python2 python3 py',
    rule: 'server',
    when: some('http.server', 'SimpleHTTPServer', 'runserver', 'uvicorn', 'gunicorn'),
  },
  { names: 'python python2 python3 py', rule: 'server', when: both(some('flask'), some('run')) },
  { names: 'ruby', rule: 'server', when: some('httpd') },
  { names: 'deno', rule: 'server', when: first('serve') },
  { names: 'mvn mvnw', rule: 'server', when: some('spring-boot:run', 'jetty:run', 'tomcat7:run', 'quarkus:dev') },
  { names: 'gradle gradlew', rule: 'server', when: some('bootRun', 'run', 'quarkusDev', 'appRun') },
  { names: 'vault consul nomad', rule: 'server', when: first('server', 'agent') },
  { names: 'firebase', rule: 'server', when: first('serve', 'emulators:start') },
  { names: 'serverless sls', rule: 'server', when: first('offline') },
  { names: 'sam', rule: 'server', when: some('start-api', 'start-lambda') },
  {
    names: 'docker docker-compose podman podman-compose',
    rule: 'background',
    when: both(either(some('up'), first('run')), flag('-d', '--detach')),
  },
  { names: 'docker-compose podman-compose', rule: 'server', when: first('up', 'watch') },
  { names: 'docker podman', rule: 'server', when: either(verbs('compose', 'up'), verbs('compose', 'watch')) },
  { names: 'kubectl oc', rule: 'server', when: first('port-forward', 'proxy', 'attach') },
  {
    names: 'nc ncat netcat socat',
    rule: 'server',
    when: either(flag('-l', '--listen'), (args) => args.some((arg) => /-listen:/i.test(arg))),
  },
  { names: 'air reflex', rule: 'watcher' },
];

const WATCHERS: readonly Row[] = [
  {
    names:
      'nodemon ts-node-dev tsnd watch watchexec entr fswatch watchman onchange chokidar guard ptw pytest-watch supervisor bacon',
    rule: 'watcher',
    when: not(asksForHelp),
  },
  { names: 'tail', rule: 'watcher', when: flag('-f', '-F', '--follow', '--retry') },
  { names: 'journalctl docker-compose', rule: 'watcher', when: flag('-f', '--follow') },
  {
    names: 'docker podman kubectl oc',
    rule: 'watcher',
    when: both(some('logs', 'events', 'stats'), either(flag('-f', '--follow'), some('events'))),
  },
  { names: 'docker podman', rule: 'watcher', when: both(first('stats'), not(flag('--no-stream'))) },
  { names: 'dmesg', rule: 'watcher', when: flag('-w', '-W', '--follow', '--follow-new') },
  { names: 'inotifywait', rule: 'watcher', when: flag('-m', '--monitor') },
  {
    names:
      'tsc tsup rollup sass babel swc tailwindcss postcss lessc webpack esbuild jest vitest mocha ava karma stylus coffee nest',
    rule: 'watcher',
    when: flag('-w'),
  },
  { names: 'jest react-scripts', rule: 'watcher', when: flag('--watchAll') },
  { names: 'react-scripts', rule: 'watcher', when: both(first('test'), (args) => !args.includes('--watchAll=false')) },
  {
    names: 'ng',
    rule: 'watcher',
    when: both(first('test'), (args) => !args.some((arg) => arg === '--watch=false' || arg === '--no-watch')),
  },
  { names: 'vitest', rule: 'watcher', when: first('watch', 'dev') },
  {
    names: 'tsx cargo dotnet gulp grunt mix sbt elm-watch sass-embedded nx turbo lerna bazel ibazel',
    rule: 'watcher',
    when: first('watch', 'test.watch'),
  },
  { names: 'bun deno', rule: 'watcher', when: flag('--hot', '--watch') },
  {
    names: 'vmstat iostat ping',
    rule: 'watcher',
    when: (args) => !hasFlag(args, '-c', '-n', '-w') && operandsOf(args).length < 2 && !asksForHelp(args),
  },
  { names: 'yes', rule: 'watcher' },
  { names: 'sleep', rule: 'watcher', when: some('infinity', 'inf') },
  { names: 'tcpdump', rule: 'watcher', when: not(either(flag('-c', '-r'), asksForHelp)) },
];

const DETACHED: readonly Row[] = [
  { names: 'nohup setsid disown daemonize start start-process start-job coproc bg', rule: 'background' },
  { names: 'at batch', rule: 'background' },
  { names: 'systemd-run', rule: 'background', when: not(flag('--wait', '--pipe', '--scope', '-t')) },
  { names: 'schtasks', rule: 'background', when: some('/create', '/run', '/Create', '/Run') },
  { names: 'screen tmux', rule: 'background', when: either(flag('-d', '-dm', '-dmS'), first('new-session', 'new')) },
  { names: 'pm2 forever', rule: 'daemon', when: first('start', 'restart', 'reload', 'resurrect') },
  { names: 'systemctl', rule: 'daemon', when: some('start', 'restart', 'reload', 'enable', 'try-restart', 'isolate') },
  { names: 'service', rule: 'daemon', when: some('start', 'restart', 'reload') },
  {
    names: 'initctl launchctl rc-service',
    rule: 'daemon',
    when: some('start', 'restart', 'load', 'bootstrap', 'kickstart'),
  },
  { names: 'brew', rule: 'daemon', when: both(first('services'), some('start', 'restart', 'run')) },
  { names: 'sc net', rule: 'daemon', when: first('start', 'create') },
  { names: 'start-service restart-service new-service', rule: 'daemon' },
  { names: 'start-stop-daemon', rule: 'daemon', when: flag('-S', '--start', '--background') },
  { names: 'pg_ctl pg_ctlcluster apachectl apache2ctl', rule: 'daemon', when: some('start', 'restart') },
  {
    names:
      'dockerd containerd sshd cron crond supervisord nginx httpd apache2 mysqld mysqld_safe mariadbd postgres mongod redis-server memcached rabbitmq-server haproxy dnsmasq named smbd rsyslogd udevd crio kubelet',
    rule: 'daemon',
    when: not(either(asksForHelp, flag('-t', '-T'))),
  },
  { names: 'minikube k3d kind vagrant', rule: 'daemon', when: first('start', 'up') },
  { names: 'gpg-agent ssh-agent', rule: 'daemon', when: either(flag('--daemon'), (args) => args.length === 0) },
];

const WINDOWS_TO_LOOK_AT: readonly Row[] = [
  {
    names: 'open xdg-open gnome-open kde-open sensible-browser x-www-browser www-browser explorer wslview cygstart',
    rule: 'browser',
  },
  {
    names:
      'chrome google-chrome google-chrome-stable chromium chromium-browser firefox safari msedge microsoft-edge iexplore brave brave-browser opera vivaldi',
    rule: 'browser',
    when: (args) => !args.some((arg) => /^--?(headless|version|screenshot|dump-dom)/.test(arg)),
  },
  { names: 'cypress', rule: 'browser', when: first('open') },
  {
    names: 'playwright',
    rule: 'browser',
    when: either(first('open', 'codegen', 'show-report', 'show-trace', 'cr', 'ff', 'wk'), flag('--ui', '--debug')),
  },
  { names: 'vitest', rule: 'browser', when: flag('--ui') },
  { names: 'gh glab', rule: 'browser', when: either(first('browse'), flag('--web')) },
  { names: 'npm', rule: 'browser', when: first('docs', 'repo', 'bugs', 'home') },
  {
    names: 'code subl gitk gedit kate notepad mousepad xterm gnome-terminal konsole wireshark gimp',
    rule: 'browser',
    when: not(asksForHelp),
  },
  { names: 'git', rule: 'browser', when: first('gui', 'citool', 'instaweb') },
];

const LONG_RUNNING: readonly Row[] = [...DETACHED, ...SERVERS, ...WATCHERS, ...WINDOWS_TO_LOOK_AT];

/** Tools whose `--watch` ends when what it waits for has happened. */
const WATCH_ENDS = new Set(['gh', 'glab', 'argocd']);

/** Rows by name. */
export function rowsByName(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    for (const name of row.names.split(' ')) {
      const same = found.get(name);
      if (same === undefined) found.set(name, [row]);
      else same.push(row);
    }
  }
  return found;
}

/** Made with the first command that is judged: most hosts judge none. */
let byName: ReadonlyMap<string, readonly Row[]> | undefined;

/** The rule that a command meets which does not end by itself. */
export function longRunningRule(name: string, args: Args): EligibilityRule | undefined {
  byName ??= rowsByName(LONG_RUNNING);
  const row = byName.get(name)?.find(({ when = always }) => when(args));
  if (row !== undefined) return row.rule;
  return !WATCH_ENDS.has(name) && hasFlag(beforeDashes(args), '--watch') ? 'watcher' : undefined;
}

function beforeDashes(args: Args): Args {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}
