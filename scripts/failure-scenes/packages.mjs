/** Package managers. Registries are the failing server, an address without a listener, or a name that does not exist. */
const PROJECT = `echo '{"name":"p","version":"1.0.0","dependencies":{"left-pad":"1.3.0"}}' > package.json`;
const NPM = ['--no-audit', '--no-fund', '--fetch-retries=0'];
const npm = (registry, ...more) => ['npm', 'install', '--registry', registry, ...NPM, ...more];
const script = (text) => `echo '{"name":"p","version":"1.0.0","scripts":{"test":"${text}"}}' > package.json`;
const CARGO = `cargo init -q --name p --vcs none .`;
const CRATES = (url) =>
  `mkdir -p .cargo; printf '[source.crates-io]\\nreplace-with = "m"\\n[source.m]\\nregistry = "sparse+${url}/"\\n[net]\\nretry = 0\\n' > .cargo/config.toml; printf 'serde = "1"\\n' >> Cargo.toml`;
const pip = (index, name) => [
  'python3',
  '-m',
  'pip',
  'install',
  '--isolated',
  '--disable-pip-version-check',
  '--retries',
  '1',
  '--index-url',
  index,
  name,
];

export const packageScenes = {
  npm: [
    { name: 'dns', setup: PROJECT, run: npm('https://registry.invalid/') },
    { name: 'refused', setup: PROJECT, run: npm('http://{closed}/') },
    { name: 'self-signed', setup: PROJECT, run: npm('{https}/status/200/') },
    { name: 'unauthorized', setup: PROJECT, run: npm('{http}/status/401/') },
    { name: 'forbidden', setup: PROJECT, run: npm('{http}/status/403/') },
    { name: 'not-found', setup: PROJECT, run: npm('{http}/status/404/') },
    { name: 'server-error', setup: PROJECT, run: npm('{http}/status/500/') },
    { name: 'too-many-requests', setup: PROJECT, run: npm('{http}/status/429/') },
    {
      name: 'denied',
      setup: `mkdir dep d; echo '{"name":"dep","version":"1.0.0"}' > dep/package.json; echo '{"name":"p","dependencies":{"dep":"file:../dep"}}' > d/package.json; chmod 555 d`,
      run: ['npm', 'install', '--offline', '--prefix', 'd'],
      asNobody: true,
    },
    { name: 'no-package-json', run: ['npm', 'test'] },
    { name: 'bad-package-json', setup: 'echo "{" > package.json', run: ['npm', 'install'] },
    { name: 'no-script', setup: script('true'), run: ['npm', 'run', 'network'] },
    { name: 'script-fails', setup: script('node -e \\"process.exit(3)\\"'), run: ['npm', 'test'] },
    { name: 'script-not-found', setup: script('no-such-runner --all'), run: ['npm', 'test'] },
    { name: 'script-missing-module', setup: script('node no-such-file.js'), run: ['npm', 'test'] },
    {
      name: 'engine',
      setup: `echo '{"name":"p","version":"1.0.0","engines":{"node":">=99"}}' > package.json`,
      run: ['npm', 'install', '--engine-strict'],
    },
    { name: 'ci-no-lock', setup: PROJECT, run: ['npm', 'ci'] },
    { name: 'whoami', run: ['npm', 'whoami', '--registry', 'http://{closed}/'] },
    { name: 'publish-no-login', setup: script('true'), run: ['npm', 'publish', '--registry', 'http://{closed}/'] },
    {
      name: 'peer-conflict',
      setup: `mkdir a b1 b2; echo '{"name":"b","version":"1.0.0"}' > b1/package.json; echo '{"name":"a","version":"1.0.0","peerDependencies":{"b":"^2.0.0"}}' > a/package.json; (cd b1 && npm pack -s >/dev/null); (cd a && npm pack -s >/dev/null); echo '{"name":"p","dependencies":{"a":"file:a/a-1.0.0.tgz","b":"file:b1/b-1.0.0.tgz"}}' > package.json`,
      run: npm('http://{closed}/'),
    },
    {
      name: 'npx-dns',
      run: ['npx', '--yes', '--registry', 'https://registry.invalid/', 'no-such-package'],
      env: { npm_config_fetch_retries: '0' },
    },
  ],
  pnpm: [
    {
      name: 'dns',
      setup: PROJECT,
      run: ['pnpm', 'install', '--registry', 'https://registry.invalid/', '--fetch-retries', '0'],
    },
    {
      name: 'refused',
      setup: PROJECT,
      run: ['pnpm', 'install', '--registry', 'http://{closed}/', '--fetch-retries', '0'],
    },
    {
      name: 'unauthorized',
      setup: PROJECT,
      run: ['pnpm', 'install', '--registry', '{http}/status/401/', '--fetch-retries', '0'],
    },
    {
      name: 'not-found',
      setup: PROJECT,
      run: ['pnpm', 'install', '--registry', '{http}/status/404/', '--fetch-retries', '0'],
    },
    { name: 'no-package-json', run: ['pnpm', 'test'] },
    {
      name: 'frozen-lockfile',
      setup: PROJECT,
      run: ['pnpm', 'install', '--frozen-lockfile', '--registry', 'http://{closed}/'],
    },
    { name: 'script-not-found', setup: script('no-such-runner --all'), run: ['pnpm', 'test'] },
  ],
  yarn: [
    {
      name: 'dns',
      setup: `${PROJECT}; echo 'registry "https://registry.invalid"' > .yarnrc`,
      run: ['yarn', 'install', '--network-timeout', '2000'],
    },
    {
      name: 'refused',
      setup: `${PROJECT}; echo 'registry "http://{closed}"' > .yarnrc`,
      run: ['yarn', 'install', '--network-timeout', '2000'],
    },
    {
      name: 'unauthorized',
      setup: `${PROJECT}; echo 'registry "{http}/status/401"' > .yarnrc`,
      run: ['yarn', 'install'],
    },
    { name: 'not-found', setup: `${PROJECT}; echo 'registry "{http}/status/404"' > .yarnrc`, run: ['yarn', 'install'] },
    { name: 'script-not-found', setup: script('no-such-runner --all'), run: ['yarn', 'test'] },
    { name: 'no-script', setup: script('true'), run: ['yarn', 'run', 'token'] },
  ],
  pip: [
    { name: 'dns', run: pip('https://pypi.invalid/simple', 'no-such-package-here') },
    { name: 'refused', run: pip('http://{closed}/simple', 'no-such-package-here') },
    { name: 'self-signed', run: pip('{https}/status/200/simple', 'no-such-package-here') },
    { name: 'unauthorized', run: [...pip('{http}/status/401/simple', 'no-such-package-here'), '--no-input'] },
    { name: 'not-found', run: pip('{http}/status/404/simple', 'no-such-package-here') },
    { name: 'server-error', run: pip('{http}/status/500/simple', 'no-such-package-here') },
    { name: 'no-requirements', run: ['python3', '-m', 'pip', 'install', '-r', 'requirements.txt'] },
    {
      name: 'denied',
      run: ['/usr/bin/python3', '-m', 'pip', 'install', '--no-index', '--target', '/no-permission', '.'],
      setup: 'printf "[project]\\nname = \\"p\\"\\n" > pyproject.toml',
      asNobody: true,
    },
    { name: 'externally-managed', run: ['/usr/bin/python3', '-m', 'pip', 'install', 'no-such-package-here'] },
  ],
  cargo: [
    { name: 'dns', setup: `${CARGO}; ${CRATES('https://crates.invalid')}`, run: ['cargo', 'build'] },
    { name: 'refused', setup: `${CARGO}; ${CRATES('http://{closed}')}`, run: ['cargo', 'build'] },
    { name: 'offline', setup: `${CARGO}; ${CRATES('http://{closed}')}`, run: ['cargo', 'build', '--offline'] },
    { name: 'not-found', setup: `${CARGO}; ${CRATES('{http}/status/404')}`, run: ['cargo', 'build'] },
    { name: 'server-error', setup: `${CARGO}; ${CRATES('{http}/status/500')}`, run: ['cargo', 'build'] },
    { name: 'no-manifest', run: ['cargo', 'build'] },
    {
      name: 'compile-error',
      setup: `${CARGO}; echo 'fn main() { let token: u32 = permission; }' > src/main.rs`,
      run: ['cargo', 'build'],
    },
    {
      name: 'missing-crate',
      setup: `${CARGO}; echo 'use serde::Serialize; fn main() {}' > src/main.rs`,
      run: ['cargo', 'build'],
    },
    {
      name: 'test-fails',
      setup: `${CARGO}; printf 'fn main() {}\\n#[test]\\nfn reports() { println!("ENOENT: no such file, Permission denied"); assert_eq!(1, 2, "connection refused"); }\\n' > src/main.rs`,
      run: ['cargo', 'test'],
    },
    { name: 'no-linker', setup: `${CARGO}`, run: ['cargo', 'build'], env: { RUSTFLAGS: '-C linker=no-such-linker' } },
    { name: 'lock-mismatch', setup: `${CARGO}; ${CRATES('http://{closed}')}`, run: ['cargo', 'build', '--locked'] },
    { name: 'unknown-command', run: ['cargo', 'no-such-command'] },
    { name: 'denied', setup: `${CARGO}; chmod -R a+rX .; chmod 555 .`, run: ['cargo', 'build'], asNobody: true },
  ],
  maven: [
    {
      name: 'dns',
      setup: `echo '<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>' > pom.xml; mkdir -p ../home/.m2; echo '<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>https://maven.invalid/</url></mirror></mirrors></settings>' > settings.xml`,
      run: ['mvn', '-B', '-s', 'settings.xml', '-Dmaven.repo.local={work}/m2', 'compile'],
    },
    {
      name: 'refused',
      setup: `echo '<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>' > pom.xml; echo '<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>http://{closed}/</url></mirror></mirrors></settings>' > settings.xml`,
      run: ['mvn', '-B', '-s', 'settings.xml', '-Dmaven.repo.local={work}/m2', 'compile'],
    },
    {
      name: 'unauthorized',
      setup: `echo '<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>' > pom.xml; echo '<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>{http}/status/401/</url></mirror></mirrors></settings>' > settings.xml`,
      run: ['mvn', '-B', '-s', 'settings.xml', '-Dmaven.repo.local={work}/m2', 'compile'],
    },
    {
      name: 'not-found',
      setup: `echo '<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version></project>' > pom.xml; echo '<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>{http}/status/404/</url></mirror></mirrors></settings>' > settings.xml`,
      run: ['mvn', '-B', '-s', 'settings.xml', '-Dmaven.repo.local={work}/m2', 'compile'],
    },
    { name: 'no-pom', run: ['mvn', '-B', 'compile'] },
  ],
};
