/** Scenes that were written after the rules, and labelled before the rules saw them: how the rules do on what is new. */
export const secondLookScenes = {
  'second-look': [
    { name: 'mv-denied', setup: 'touch f; chmod 755 .', run: ['mv', 'f', '/usr/f'], asNobody: true },
    { name: 'ln-exists', setup: 'touch a b', run: ['ln', '-s', 'a', 'b'] },
    { name: 'chown-denied', setup: 'touch f', run: ['chown', 'root', 'f'], asNobody: true },
    { name: 'mount-denied', run: ['mount', '-t', 'tmpfs', 'none', '/mnt'], asNobody: true },
    { name: 'mkdir-exists', setup: 'mkdir d', run: ['mkdir', 'd'] },
    { name: 'sed-missing', run: ['sed', '-i', 's/a/b/', 'no-such-file'] },
    { name: 'grep-bad-option', run: ['grep', '--no-such-option', 'x'] },
    { name: 'find-denied', setup: 'mkdir d; chmod 700 d', run: ['find', 'd'], asNobody: true },
    { name: 'tee-full', run: ['bash', '-c', 'set -o pipefail; echo x | tee /dev/full'] },
    { name: 'xargs-not-found', run: ['bash', '-c', 'echo a | xargs no-such-tool'] },
    { name: 'timeout-tool', run: ['timeout', '1', 'sleep', '9'] },
    { name: 'nice-not-found', run: ['nice', 'no-such-tool'] },
    { name: 'env-not-found', run: ['env', 'no-such-tool'] },
    { name: 'git-init-denied', setup: 'mkdir d; chmod 555 d', run: ['git', 'init', 'd/r'], asNobody: true },
    {
      name: 'git-worktree-exists',
      setup:
        'git init -q -b main r; cd r; git config user.name n; git config user.email e@example.org; git commit -q --allow-empty -m x; mkdir ../w; touch ../w/f',
      run: ['git', '-C', 'r', 'worktree', 'add', '../w', 'HEAD'],
    },
    { name: 'git-archive-remote-dns', run: ['git', 'ls-remote', 'https://git.invalid/x.git'] },
    {
      name: 'git-apply-fails',
      setup: 'git init -q r; cd r; echo a > f; printf -- "--- a/f\\n+++ b/f\\n@@ -1 +1 @@\\n-b\\n+c\\n" > p',
      run: ['git', '-C', 'r', 'apply', 'p'],
    },
    { name: 'git-bundle-missing', run: ['git', 'clone', 'no-such.bundle'] },
    {
      name: 'npm-git-dependency-dns',
      setup: `echo '{"name":"p","dependencies":{"x":"git+https://git.invalid/x.git"}}' > package.json`,
      run: ['npm', 'install', '--fetch-retries=0'],
    },
    {
      name: 'npm-file-dependency-missing',
      setup: `echo '{"name":"p","dependencies":{"x":"file:../no-such"}}' > package.json`,
      run: ['npm', 'install', '--offline', '--install-links'],
    },
    {
      name: 'npm-offline',
      setup: `echo '{"name":"p","dependencies":{"left-pad":"1.3.0"}}' > package.json`,
      run: ['npm', 'install', '--offline'],
    },
    {
      name: 'pip-bad-requirement',
      run: ['/usr/bin/python3', '-m', 'pip', 'install', '--no-index', '--break-system-packages', 'a===b===c'],
    },
    {
      name: 'pip-missing-path',
      run: ['/usr/bin/python3', '-m', 'pip', 'install', '--no-index', '--break-system-packages', './no-such-folder'],
    },
    {
      name: 'cargo-version-conflict',
      setup:
        'cargo init -q --name p --vcs none .; mkdir d; cargo init -q --lib --name d --vcs none d; printf \'d = { path = "d", version = "9" }\\n\' >> Cargo.toml',
      run: ['cargo', 'build', '--offline'],
    },
    { name: 'rustc-missing-file', run: ['rustc', 'no-such.rs'] },
    {
      name: 'rustc-panic-program',
      setup: 'echo "fn main() { panic!(\\"token expired\\") }" > a.rs; rustc -o a a.rs',
      run: ['./a'],
    },
    { name: 'python-json', run: ['python3', '-c', 'import json; json.loads("{token")'] },
    { name: 'python-isadirectory', run: ['python3', '-c', 'open(".")'] },
    {
      name: 'python-timeout',
      run: [
        'python3',
        '-c',
        'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(0); c=socket.create_connection(s.getsockname()); c.settimeout(0.2); c.recv(1)',
      ],
    },
    { name: 'python-recursion', run: ['python3', '-c', 'f=lambda: f(); f()'] },
    { name: 'node-json', run: ['node', '-e', 'JSON.parse("{permission")'] },
    { name: 'node-unhandled', run: ['node', '-e', 'Promise.reject(new Error("network is fine, token is fine"))'] },
    { name: 'node-socket-hang-up', run: ['node', '-e', 'require("http").get("{http}/status/444/")'] },
    { name: 'node-tls', run: ['node', '-e', 'require("https").get("{https}/status/200/")'] },
    { name: 'vitest-like-assert', run: ['node', '--test-reporter=spec', '--test', '-e', 'x'] },
    { name: 'cmake-build-missing', run: ['cmake', '--build', 'no-such-folder'] },
    {
      name: 'ninja-compile',
      setup: 'printf "rule c\\n  command = false\\nbuild a: c\\n" > build.ninja',
      run: ['ninja'],
    },
    { name: 'gcc-no-such-option', run: ['gcc', '--no-such-option', 'x.c'] },
    { name: 'ld-full', setup: 'echo "int main(void){return 0;}" > a.c', run: ['gcc', 'a.c', '-o', '/dev/full'] },
    {
      name: 'java-version',
      setup:
        'echo "class A { public static void main(String[] a) { throw new RuntimeException(\\"Permission denied\\"); } }" > A.java; javac A.java',
      run: ['java', 'A'],
    },
    { name: 'curl-ftp-refused', run: ['curl', '-sS', 'ftp://{closed}/x'] },
    { name: 'curl-resolve-socks', run: ['curl', '-sS', '--socks5', '{closed}', 'http://host.invalid/'] },
    {
      name: 'wget-denied',
      run: ['wget', '-nv', '-t', '1', '-O', '/no-permission', '{http}/status/200/'],
      asNobody: true,
    },
    { name: 'ssh-keygen-missing', run: ['ssh-keygen', '-y', '-f', 'no-such-key'] },
    { name: 'ssh-add-no-agent', run: ['ssh-add', '-l'], env: { SSH_AUTH_SOCK: '/no-such-socket' } },
    { name: 'rsync-ssh-dns', setup: 'touch f', run: ['rsync', 'f', 'user@host.invalid:f'] },
    {
      name: 'docker-build-no-file',
      run: ['docker', 'build', '-f', 'no-such-file', '.'],
      env: { DOCKER_HOST: 'tcp://{closed}' },
    },
    { name: 'perl-died', run: ['perl', '-e', 'die "no permission token\\n"'] },
    { name: 'bash-arith', run: ['bash', '-c', 'echo $((1/0))'] },
    {
      name: 'tar-not-empty',
      setup: 'mkdir -p s/d t/d/x; touch t/d/x/f; rmdir s/d; touch s/d; tar cf a.tar -C s d',
      run: ['tar', 'xf', 'a.tar', '-C', 't'],
    },
  ],
};
