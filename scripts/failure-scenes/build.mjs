/** Compilers, interpreters, build and test tools. */
export const buildScenes = {
  c: [
    {
      name: 'compile-error',
      setup: 'echo "int main(void) { token permission = network; }" > a.c',
      run: ['gcc', 'a.c'],
    },
    { name: 'missing-header', setup: 'echo "#include <no_such_header.h>" > a.c', run: ['gcc', 'a.c'] },
    { name: 'clang-missing-header', setup: 'echo "#include <no_such_header.h>" > a.c', run: ['clang', 'a.c'] },
    {
      name: 'missing-library',
      setup: 'echo "int main(void) { return 0; }" > a.c',
      run: ['gcc', 'a.c', '-lnosuchlibrary'],
    },
    {
      name: 'undefined-reference',
      setup: 'echo "int token(void); int main(void) { return token(); }" > a.c',
      run: ['gcc', 'a.c'],
    },
    { name: 'missing-source', run: ['gcc', 'no-such-source.c'] },
    {
      name: 'disk-full',
      setup: 'echo "int main(void) { return 0; }" > a.c; ln -s /dev/full a.s',
      run: ['gcc', '-S', 'a.c', '-o', 'a.s'],
    },
    {
      name: 'output-denied',
      setup: 'echo "int main(void) { return 0; }" > a.c; chmod 644 a.c; chmod 555 .',
      run: ['gcc', 'a.c'],
      asNobody: true,
    },
    { name: 'segfault', setup: 'echo "int main(void) { *(volatile int*)0 = 1; }" > a.c; gcc a.c', run: ['./a.out'] },
    {
      name: 'abort',
      setup:
        'echo "#include <assert.h>\nint main(void) { assert(1 == 2 \\&\\& \\"permission denied\\"); }" | sed "s/.&.&/\\&\\&/;s/.\\"permission denied.\\"/1/" > a.c; gcc a.c',
      run: ['./a.out'],
    },
    {
      name: 'missing-shared-library',
      setup:
        'echo "int f(void){return 0;}" > l.c; gcc -shared -o libl.so l.c; echo "int f(void); int main(void){return f();}" > a.c; gcc a.c -L. -ll; rm libl.so',
      run: ['./a.out'],
    },
  ],
  make: [
    { name: 'no-rule', run: ['make', 'all'] },
    { name: 'missing-prerequisite', setup: 'echo "all: network-timeout.o" > Makefile', run: ['make'] },
    { name: 'recipe-fails', setup: 'printf "all:\\n\\t@exit 3\\n" > Makefile', run: ['make'] },
    { name: 'recipe-not-found', setup: 'printf "all:\\n\\tno-such-compiler -c x\\n" > Makefile', run: ['make'] },
    { name: 'recipe-denied', setup: 'touch tool; printf "all:\\n\\t./tool\\n" > Makefile', run: ['make'] },
    { name: 'no-folder', run: ['make', '-C', 'no-such-folder'] },
    { name: 'cmake-no-lists', run: ['cmake', '.'] },
    {
      name: 'cmake-missing-package',
      setup:
        'printf "cmake_minimum_required(VERSION 3.10)\\nproject(p C)\\nfind_package(NoSuchPackage REQUIRED)\\n" > CMakeLists.txt',
      run: ['cmake', '.'],
    },
    {
      name: 'cmake-no-compiler',
      setup: 'printf "cmake_minimum_required(VERSION 3.10)\\nproject(p C)\\n" > CMakeLists.txt',
      run: ['cmake', '.'],
      env: { CC: 'no-such-compiler' },
    },
    { name: 'ninja-no-file', run: ['ninja'] },
  ],
  node: [
    { name: 'missing-module', setup: 'echo "require(\'left-pad\')" > a.js', run: ['node', 'a.js'] },
    { name: 'missing-esm', setup: 'echo "import \'left-pad\'" > a.mjs', run: ['node', 'a.mjs'] },
    { name: 'missing-script', run: ['node', 'no-such-script.js'] },
    { name: 'syntax-token', setup: 'echo "const token = ; // permission" > a.js', run: ['node', 'a.js'] },
    { name: 'enoent', run: ['node', '-e', 'require("fs").readFileSync("no-such-file")'] },
    { name: 'eacces', run: ['node', '-e', 'require("fs").writeFileSync("/no-permission", "")'], asNobody: true },
    { name: 'enospc', run: ['node', '-e', 'require("fs").writeFileSync("/dev/full", "x")'] },
    { name: 'emfile', run: ['bash', '-c', 'ulimit -n 30; node -e \'for(;;) require("fs").openSync("/dev/null")\''] },
    { name: 'enametoolong', run: ['node', '-e', 'require("fs").mkdirSync("n".repeat(300))'] },
    { name: 'spawn-enoent', run: ['node', '-e', 'require("child_process").spawn("no-such-tool")'] },
    { name: 'spawn-e2big', run: ['node', '-e', 'require("child_process").execFileSync("true", ["x".repeat(3e6)])'] },
    {
      name: 'address-in-use',
      run: [
        'node',
        '-e',
        'const s=require("net").createServer().listen(0,()=>require("net").createServer().listen(s.address().port))',
      ],
    },
    { name: 'connect-refused', run: ['node', '-e', 'fetch("http://{closed}/").catch(e=>{throw e})'] },
    { name: 'dns', run: ['node', '-e', 'require("http").get("http://host.invalid/")'] },
    {
      name: 'heap',
      run: ['node', '--max-old-space-size=12', '-e', 'const a=[];for(;;)a.push(new Array(1000).fill(Math.random()))'],
    },
    {
      name: 'assertion',
      run: [
        'node',
        '-e',
        'console.log("ENOENT: no such file or directory"); require("assert").equal("EACCES: permission denied", "ok")',
      ],
    },
    {
      name: 'test-fails',
      setup:
        "printf \"import test from 'node:test'; import assert from 'node:assert';\\ntest('retries on ECONNREFUSED and expired token', () => { console.error('Error: connect ECONNREFUSED'); assert.equal(1, 2); });\\n\" > a.test.mjs",
      run: ['node', '--test', 'a.test.mjs'],
    },
    {
      name: 'tsc-type-error',
      setup: 'echo "const token: number = \'network timeout\'; export {};" > a.ts',
      run: ['tsc', '--noEmit', 'a.ts'],
    },
    {
      name: 'tsc-missing-module',
      setup: 'echo "import { x } from \'no-such-module\'; x();" > a.ts',
      run: ['tsc', '--noEmit', 'a.ts'],
    },
    { name: 'tsc-no-file', run: ['tsc', '--noEmit', 'no-such.ts'] },
    { name: 'eslint-no-config', setup: 'echo "x" > a.js', run: ['eslint', 'a.js'] },
    {
      name: 'eslint-errors',
      setup:
        'echo "export default [{rules:{\'no-unused-vars\':2}}]" > eslint.config.mjs; echo "const token = 1;" > a.js',
      run: ['eslint', 'a.js'],
    },
  ],
  python: [
    { name: 'missing-module', run: ['python3', '-c', 'import no_such_module'] },
    { name: 'missing-script', run: ['python3', 'no-such-script.py'] },
    { name: 'permission', run: ['/usr/bin/python3', '-c', 'open("/no-permission", "w")'], asNobody: true },
    { name: 'disk-full', run: ['python3', '-c', 'f=open("/dev/full","w"); f.write("x"); f.flush()'] },
    { name: 'memory', run: ['bash', '-c', 'ulimit -v 400000; python3 -c "x=[0]*10**9"'] },
    {
      name: 'too-many-files',
      run: ['bash', '-c', 'ulimit -n 20; python3 -c "l=[open(\'/dev/null\') for i in range(50)]"'],
    },
    { name: 'name-too-long', run: ['python3', '-c', 'open("n"*300, "w")'] },
    { name: 'syntax-token', setup: 'echo "token = = 1" > a.py', run: ['python3', 'a.py'] },
    {
      name: 'unittest-fails',
      setup:
        'printf "import unittest\\nclass T(unittest.TestCase):\\n  def test_x(self):\\n    print(\'PermissionError: [Errno 13] Permission denied\')\\n    self.assertEqual(1, 2)\\n" > t.py',
      run: ['python3', '-m', 'unittest', 't'],
    },
    { name: 'connection-refused', run: ['python3', '-c', 'import urllib.request as u; u.urlopen("http://{closed}/")'] },
    { name: 'dns', run: ['python3', '-c', 'import urllib.request as u; u.urlopen("http://host.invalid/")'] },
    { name: 'exception', run: ['python3', '-c', 'raise ValueError("token network permission")'] },
    { name: 'venv-denied', run: ['/usr/bin/python3', '-m', 'venv', '/no-permission/v'], asNobody: true },
  ],
  java: [
    {
      name: 'compile-error',
      setup: 'echo "class A { int token = \\"permission\\"; }" > A.java',
      run: ['javac', 'A.java'],
    },
    {
      name: 'missing-package',
      setup: 'echo "import org.example.nothing.B; class A { B b; }" > A.java',
      run: ['javac', 'A.java'],
    },
    { name: 'missing-class', run: ['java', 'NoSuchClass'] },
    { name: 'missing-jar', run: ['java', '-jar', 'no-such.jar'] },
    {
      name: 'heap',
      setup:
        'echo "class A { public static void main(String[] a) { byte[] b = new byte[Integer.MAX_VALUE / 2]; } }" > A.java; javac A.java',
      run: ['java', '-Xmx16m', 'A'],
    },
    { name: 'missing-source', run: ['javac', 'NoSuch.java'] },
  ],
  go: [
    {
      name: 'compile-error',
      setup: 'go mod init p 2>/dev/null; printf "package main\\nfunc main() { var token int = permission }\\n" > a.go',
      run: ['go', 'build', '.'],
      env: { GOFLAGS: '-mod=mod' },
    },
    {
      name: 'dns',
      setup:
        'go mod init p 2>/dev/null; printf "package main\\nimport _ \\"git.invalid/x/y\\"\\nfunc main() {}\\n" > a.go',
      run: ['go', 'mod', 'tidy'],
      env: { GOPROXY: 'https://goproxy.invalid', GONOSUMDB: '*', GOFLAGS: '-mod=mod' },
    },
    {
      name: 'missing-module',
      setup:
        'go mod init p 2>/dev/null; printf "package main\\nimport _ \\"example.org/x/y\\"\\nfunc main() {}\\n" > a.go',
      run: ['go', 'build', '.'],
      env: { GOPROXY: 'off' },
    },
    { name: 'no-module', run: ['go', 'build', './...'] },
    {
      name: 'test-fails',
      setup:
        'go mod init p 2>/dev/null; printf "package p\\nimport \\"testing\\"\\nfunc TestX(t *testing.T) { t.Fatal(\\"dial tcp: connection refused\\") }\\n" > a_test.go',
      run: ['go', 'test', './...'],
    },
  ],
  perl: [
    { name: 'missing-module', run: ['perl', '-e', 'use No::Such::Module;'] },
    { name: 'missing-script', run: ['perl', 'no-such-script.pl'] },
    { name: 'denied', run: ['perl', '-e', 'open(F, ">", "/no-permission") or die "cannot open: $!"'], asNobody: true },
    { name: 'syntax', run: ['perl', '-e', 'my $token = ;'] },
  ],
};
