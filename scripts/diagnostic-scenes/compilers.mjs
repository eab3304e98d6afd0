/** C, C++, Rust and Go. */
const MAIN_C =
  '#include <stdio.h>\n\nstatic int unused(void) { return 1; }\n\nint main(void) {\n  int count = "many";\n  printf("%s\\n", 4);\n  return missing;\n}\n';
const c = (run, content = MAIN_C) => ({ files: { 'src/main.c': content }, run });
const TEMPLATE =
  '#include <vector>\n\ntemplate <typename T>\nT largest(std::vector<T> values) {\n  return values.nothing();\n}\n\nint main() {\n  return largest(std::vector<int>{1});\n}\n';

const compilers = (name, plus) => ({
  [`${name}-errors-and-warnings`]: c(`${name} -Wall -c src/main.c`),
  [`${name}-syntax`]: c(`${name} -c src/main.c`, 'int main(void) {\n  int a = 1\n  return a;\n}\n'),
  [`${name}-missing-header`]: c(`${name} -c src/main.c`, '#include <no_such_header.h>\n'),
  [`${name}-included-from`]: {
    files: {
      'src/main.c': '#include "part.h"\nint main(void) { return part(); }\n',
      'src/part.h': '#pragma once\nint part(void) { return nothing; }\n',
    },
    run: `${name} -c src/main.c`,
  },
  [`${name}-template`]: { files: { 'src/main.cc': TEMPLATE }, run: `${plus} -c src/main.cc` },
  [`${name}-colour`]: c(`${name} -fdiagnostics-color=always -c src/main.c`, 'int main(void) { return missing; }\n'),
  [`${name}-link`]: c(`${name} src/main.c -o main`, 'int missing(void);\nint main(void) { return missing(); }\n'),
});

const CARGO = '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n';
const crate = (main, run = 'cargo build --offline') => ({ files: { 'Cargo.toml': CARGO, 'src/main.rs': main }, run });
const MISMATCH = 'fn main() {\n    let count: u32 = "many";\n    println!("{}", count);\n}\n';
const UNUSED = 'fn main() {\n    let unused = 1;\n    println!("hello");\n}\n';
const MOVED =
  'fn take(v: Vec<u8>) -> usize { v.len() }\n\nfn main() {\n    let v = vec![1];\n    take(v);\n    println!("{:?}", v);\n}\n';
const LINTS =
  'fn main() {\n    let list = vec![1, 2];\n    if list.len() == 0 {\n        return;\n    }\n    let _ = list.iter().map(|x| x.clone()).collect::<Vec<i32>>();\n}\n';
const TESTS =
  'fn main() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(1 + 1, 3);\n    }\n\n    #[test]\n    fn unwraps() {\n        let nothing: Option<u8> = None;\n        nothing.expect("a value");\n    }\n}\n';

const rustc = {
  mismatch: { files: { 'src/main.rs': MISMATCH }, run: 'rustc src/main.rs' },
  'moved-value': { files: { 'src/main.rs': MOVED }, run: 'rustc src/main.rs' },
  'two-errors-one-warning': {
    files: {
      'src/main.rs': 'fn main() {\n    let unused = 1;\n    missing();\n    let x: i32 = 1.5;\n    other(x);\n}\n',
    },
    run: 'rustc src/main.rs',
  },
  short: { files: { 'src/main.rs': MISMATCH }, run: 'rustc --error-format=short src/main.rs' },
  syntax: { files: { 'src/main.rs': 'fn main() {\n    let a = ;\n}\n' }, run: 'rustc src/main.rs' },
  colour: { files: { 'src/main.rs': MISMATCH }, run: 'rustc --color=always src/main.rs' },
};
const cargo = {
  'cargo-build-error': crate(MISMATCH),
  'cargo-build-warning': crate(UNUSED),
  'cargo-build-colour': crate(MOVED, 'cargo --color=always build --offline'),
  'cargo-manifest': {
    files: { 'Cargo.toml': '[package]\nname = "shop"\nversion = 1\n', 'src/main.rs': UNUSED },
    run: 'cargo build --offline',
  },
  'cargo-test': crate(TESTS, 'cargo test --offline -- --test-threads=1'),
  'cargo-no-dependency': {
    files: { 'Cargo.toml': `${CARGO}\n[dependencies]\nno-such-crate = "1"\n`, 'src/main.rs': UNUSED },
    run: 'cargo build --offline',
  },
};
const clippy = {
  lints: crate(LINTS, 'cargo clippy --offline'),
  denied: crate(LINTS, 'cargo clippy --offline -- -D warnings'),
  pedantic: crate(
    'fn main() {\n    let a = 300i64;\n    println!("{}", a as u8);\n}\n',
    'cargo clippy --offline -- -W clippy::pedantic',
  ),
  'compile-error': crate(MISMATCH, 'cargo clippy --offline'),
  correctness: crate(
    'fn main() {\n    let x = 1;\n    if x == x {\n        println!("same");\n    }\n}\n',
    'cargo clippy --offline',
  ),
};
const JSON_RUN = 'cargo build --offline --message-format=json';
const cargoJson = {
  mismatch: crate(MISMATCH, JSON_RUN),
  warning: crate(UNUSED, JSON_RUN),
  'moved-value': crate(MOVED, JSON_RUN),
  clippy: crate(LINTS, 'cargo clippy --offline --message-format=json'),
  'rustc-json': { files: { 'src/main.rs': MISMATCH }, run: 'rustc --error-format=json src/main.rs' },
  syntax: crate('fn main() {\n    let a = ;\n}\n', JSON_RUN),
  macro: crate(
    'macro_rules! twice {\n    ($e:expr) => {\n        $e + missing\n    };\n}\n\nfn main() {\n    println!("{}", twice!(1));\n}\n',
    JSON_RUN,
  ),
};

const GO_MOD = 'module shop\n\ngo 1.19\n';
const go = (files, run) => ({
  files: { 'go.mod': GO_MOD, ...files },
  run,
  env: { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOPROXY: 'off' },
});
const goBuild = {
  'type-error': go(
    { 'main.go': 'package main\n\nfunc main() {\n\tvar count int = "many"\n\tprintln(count)\n}\n' },
    'go build ./...',
  ),
  unused: go({ 'main.go': 'package main\n\nimport "os"\n\nfunc main() {\n\tx := 1\n}\n' }, 'go build ./...'),
  syntax: go({ 'main.go': 'package main\n\nfunc main() {\n\tif true {\n}\n' }, 'go build ./...'),
  'two-packages': go(
    {
      'main.go': 'package main\n\nimport "shop/prices"\n\nfunc main() {\n\tprices.Get(1)\n}\n',
      'prices/prices.go': 'package prices\n\nfunc Get(name string) int {\n\treturn name\n}\n',
      'stock/stock.go': 'package stock\n\nvar Count int = missing\n',
    },
    'go build ./...',
  ),
  'missing-module': go(
    { 'main.go': 'package main\n\nimport "example.invalid/none"\n\nfunc main() {\n\tnone.Do()\n}\n' },
    'go build ./...',
  ),
  vet: go(
    {
      'main.go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("%d\\n", "text")\n\tx := 1\n\tx = x\n}\n',
    },
    'go vet ./...',
  ),
  'vet-json': go(
    { 'main.go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("%d\\n", "text")\n}\n' },
    'go vet -json ./...',
  ),
  'vet-type-error': go({ 'main.go': 'package main\n\nfunc main() {\n\tmissing()\n}\n' }, 'go vet ./...'),
  'import-cycle': go(
    { 'a/a.go': 'package a\n\nimport _ "shop/b"\n', 'b/b.go': 'package b\n\nimport _ "shop/a"\n' },
    'go build ./...',
  ),
};
const GO_TEST =
  'package prices\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tif 1+1 != 3 {\n\t\tt.Errorf("got %d, want %d", 2, 3)\n\t}\n}\n\nfunc TestFine(t *testing.T) {}\n\nfunc TestTable(t *testing.T) {\n\tt.Run("empty", func(t *testing.T) {\n\t\tt.Fatal("no rows")\n\t})\n}\n';
const GO_PANIC =
  'package prices\n\nimport "testing"\n\nfunc TestPanics(t *testing.T) {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n';
const GO_BROKEN = 'package prices\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tmissing()\n}\n';
const goTest = Object.fromEntries(
  [
    ['text', ''],
    ['json', ' -json'],
  ].flatMap(([name, flag]) => [
    [`${name}-failures`, go({ 'prices/prices_test.go': GO_TEST }, `go test${flag} ./...`)],
    [`${name}-panic`, go({ 'prices/prices_test.go': GO_PANIC }, `go test${flag} ./...`)],
    [`${name}-build-failed`, go({ 'prices/prices_test.go': GO_BROKEN }, `go test${flag} ./...`)],
    [`${name}-verbose`, go({ 'prices/prices_test.go': GO_TEST }, `go test -v${flag} ./...`)],
    [
      `${name}-vet-in-test`,
      go(
        {
          'prices/prices_test.go':
            'package prices\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tt.Errorf("%d", "text")\n}\n',
        },
        `go test${flag} ./...`,
      ),
    ],
  ]),
);

export const compilerScenes = {
  gcc: [
    { tool: 'gcc', version: 'gcc --version', scenes: compilers('gcc', 'g++') },
    { tool: 'clang', version: 'clang --version', scenes: compilers('clang', 'clang++') },
  ],
  rust: [
    { tool: 'rustc', version: 'rustc --version', scenes: rustc },
    { tool: 'cargo', version: 'cargo --version', scenes: cargo },
  ],
  clippy: [{ tool: 'clippy', version: 'cargo clippy --version', scenes: clippy }],
  'cargo-json': [{ tool: 'cargo', version: 'cargo --version', scenes: cargoJson }],
  go: [{ tool: 'go', version: 'go version', scenes: goBuild }],
  'go-test': [{ tool: 'go', version: 'go version', scenes: goTest }],
};
