/** git: what fails on disk, on the way and at the door. */
const REPOSITORY =
  'git init -q -b main r; cd r; git config user.name n; git config user.email e@example.org; echo a > f; git add f; git commit -qm first';
const LONG_NAME = 'n'.repeat(300);

export const gitScenes = {
  git: [
    { name: 'clone-dns', run: ['git', 'clone', 'https://git.invalid/project.git'] },
    { name: 'clone-refused', run: ['git', 'clone', 'http://{closed}/project.git'] },
    { name: 'clone-self-signed', run: ['git', 'clone', '{https}/status/200/project.git'] },
    { name: 'clone-401', run: ['git', 'clone', '{http}/status/401/project.git'] },
    { name: 'clone-403', run: ['git', 'clone', '{http}/status/403/project.git'] },
    { name: 'clone-404', run: ['git', 'clone', '{http}/status/404/project.git'] },
    { name: 'clone-500', run: ['git', 'clone', '{http}/status/500/project.git'] },
    { name: 'clone-reset', run: ['git', 'clone', '{http}/status/444/project.git'] },
    {
      name: 'clone-ssh-dns',
      run: ['git', 'clone', 'git@git.invalid:project.git'],
      env: { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' },
    },
    {
      name: 'clone-ssh-refused',
      run: ['git', 'clone', 'ssh://git@{closed}/project.git'],
      env: { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' },
    },
    { name: 'clone-local-missing', run: ['git', 'clone', '{work}/network-timeout'] },
    { name: 'clone-exists', setup: 'mkdir r; touch r/f', run: ['git', 'clone', 'https://git.invalid/r.git'] },
    {
      name: 'clone-denied',
      setup: 'mkdir d; chmod 555 d',
      run: ['git', 'clone', 'https://git.invalid/r.git', 'd/r'],
      asNobody: true,
    },
    {
      name: 'clone-too-long',
      setup: `mkdir s; cd s; ${REPOSITORY}; cd ../..; mkdir t`,
      run: ['git', 'clone', 's/r', `t/${LONG_NAME}`],
    },
    {
      name: 'checkout-too-long',
      setup: `${REPOSITORY}; b=$(git hash-object -w f); git update-index --add --cacheinfo 100644,$b,${LONG_NAME}; git commit -qm long`,
      run: ['git', '-C', 'r', 'checkout', '--', '.'],
    },
    {
      name: 'index-lock',
      setup: `${REPOSITORY}; touch .git/index.lock; echo b > f`,
      run: ['git', '-C', 'r', 'add', 'f'],
    },
    {
      name: 'ref-lock',
      setup: `${REPOSITORY}; touch .git/refs/heads/main.lock; echo b > f; git add f`,
      run: ['git', '-C', 'r', 'commit', '-m', 'second'],
    },
    {
      name: 'objects-denied',
      setup: `${REPOSITORY}; git config --global --add safe.directory '*'; chmod -R a+rX ..; echo b > f; chmod 777 .git; chmod 666 .git/index`,
      run: ['git', '-C', 'r', 'add', 'f'],
      asNobody: true,
    },
    { name: 'dubious-ownership', setup: REPOSITORY, run: ['git', '-C', 'r', 'status'], asNobody: true },
    { name: 'not-a-repository', run: ['git', 'status'] },
    { name: 'no-folder', run: ['git', '-C', 'no-such-folder', 'status'] },
    { name: 'pathspec', setup: REPOSITORY, run: ['git', '-C', 'r', 'checkout', 'feature/permission-denied'] },
    {
      name: 'merge-conflict',
      setup: `${REPOSITORY}; git checkout -qb token-expired; echo b > f; git commit -qam b; git checkout -q main; echo c > f; git commit -qam c`,
      run: ['git', '-C', 'r', 'merge', 'token-expired'],
    },
    {
      name: 'no-identity',
      setup: 'git init -q r; cd r; echo a > f; git add f',
      run: ['git', '-C', 'r', '-c', 'user.useConfigOnly=true', 'commit', '-m', 'x'],
    },
    {
      name: 'push-rejected',
      setup: `git init -q --bare o; ${REPOSITORY}; git remote add origin ../o; git push -q origin main; git commit -q --amend -m other`,
      run: ['git', '-C', 'r', 'push', 'origin', 'main'],
    },
    { name: 'push-no-remote', setup: REPOSITORY, run: ['git', '-C', 'r', 'push', 'origin', 'main'] },
    {
      name: 'hook-no-exec',
      setup: `${REPOSITORY}; printf '#!/no/such/sh\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; echo b >> f`,
      run: ['git', '-C', 'r', 'commit', '-am', 'x'],
    },
    {
      name: 'hook-fails',
      setup: `${REPOSITORY}; printf '#!/bin/sh\\necho "token check: permission of the network team is missing"; exit 1\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; echo b >> f`,
      run: ['git', '-C', 'r', 'commit', '-am', 'x'],
    },
    { name: 'too-many-files', setup: REPOSITORY, run: ['bash', '-c', 'ulimit -n 5; git -C r fetch ../r main'] },
    { name: 'argument-list', setup: REPOSITORY, run: ['bash', '-c', 'git -C r add $(seq 1 400000)'] },
    { name: 'diff-exit', setup: `${REPOSITORY}; echo b > f`, run: ['git', '-C', 'r', 'diff', '--exit-code'] },
    { name: 'unknown-command', run: ['git', 'no-such-command'] },
    {
      name: 'submodule-dns',
      setup: `${REPOSITORY}; printf '[submodule "s"]\\n path = s\\n url = https://git.invalid/s.git\\n' > .gitmodules; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),s`,
      run: ['git', '-C', 'r', 'submodule', 'update', '--init'],
    },
  ],
};
