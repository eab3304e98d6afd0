/**
 * What the native parts are built for, and what the package holds of it.
 *
 * glibc 2.17 is that of the oldest distributions that any supported Node runs on; a build with the machine's own compiler
 * needs the machine's. macOS 10.15 is the oldest one with all that is linked against, and 11 the first on arm64. The Linux
 * guardian is linked statically with musl: it needs no library, so that both libcs share it, and it is the smallest in memory.
 */
const OLDEST_GLIBC = '2.17';
const OLDEST_MACOS = { aarch64: '11.0', x86_64: '10.15' };
const MACHINES = { x64: 'x86_64', arm64: 'aarch64' };

const linux = (machine, libc) => ({
  zig: `${machine}-linux-${libc}`,
  system: 'Linux',
  machine,
  settings: {
    CUSTODY_COMPILER_RUNTIME: '',
    // A macro of musl's headers compares signed with unsigned; the same sources are held to all warnings with glibc.
    ...(libc === 'musl' ? { CUSTODY_WERROR: 'OFF' } : { CUSTODY_OLD_GLIBC: 'ON' }),
  },
});

const darwin = (machine) => ({
  zig: `${machine}-macos.${OLDEST_MACOS[machine]}`,
  system: 'Darwin',
  machine: machine === 'aarch64' ? 'arm64' : machine,
  settings: {
    // Tools that only Apple has, for steps that are not taken: nothing is installed or signed here.
    CMAKE_INSTALL_NAME_TOOL: '/bin/true',
    CMAKE_OSX_SYSROOT: '',
    CMAKE_OSX_DEPLOYMENT_TARGET: '',
    CMAKE_OSX_ARCHITECTURES: '',
  },
});

/** Builds by name: Zig's name of the target, and what CMake has to know. */
export const BUILDS = {
  'darwin-arm64': darwin('aarch64'),
  'darwin-x64': darwin('x86_64'),
  'linux-x64-glibc': linux('x86_64', `gnu.${OLDEST_GLIBC}`),
  'linux-arm64-glibc': linux('aarch64', `gnu.${OLDEST_GLIBC}`),
  'linux-x64-musl': linux('x86_64', 'musl'),
  'linux-arm64-musl': linux('aarch64', 'musl'),
};

/** All that an addon shows to others; a program shows nothing. */
const ENTRY_POINTS = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
const NO_LIBRARY = /^$/;

const addon = (name, build, expected) => ({
  name,
  build,
  target: 'custody',
  product: 'custody.node',
  expected: { exports: ENTRY_POINTS, ...expected },
});

const guardian = (build, expected) => ({
  name: 'custody-guardian',
  build,
  target: 'custody_guardian',
  product: 'custody-guardian',
  expected: { exports: [], isProgram: true, ...expected },
});

function linuxFiles(arch) {
  const elf = { kind: 'elf', machine: MACHINES[arch], largestBytes: 1_000_000 };
  const parts = /^(lib(c|m|pthread|dl|rt|util)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+)$/;
  return [
    addon('custody.glibc.node', `linux-${arch}-glibc`, { ...elf, newestGlibc: OLDEST_GLIBC, libraries: parts }),
    addon('custody.musl.node', `linux-${arch}-musl`, { ...elf, libraries: /^libc\.so$/ }),
    guardian(`linux-${arch}-musl`, { ...elf, libraries: NO_LIBRARY, isStatic: true, largestBytes: 100_000 }),
  ];
}

function darwinFiles(arch) {
  const machine = MACHINES[arch];
  const machO = {
    kind: 'mach-o',
    machine,
    minimum: OLDEST_MACOS[machine],
    libraries: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  };
  // Zig's linker knows no list of exports, so that the C++ library it links in can be seen. Nothing of ours can.
  const mayExport = /^(?!.*custody)/;
  return [
    addon('custody.node', `darwin-${arch}`, { ...machO, mayExport, largestBytes: 2_000_000 }),
    guardian(`darwin-${arch}`, { ...machO, mayExport, largestBytes: 500_000 }),
  ];
}

const windowsLibraries = /^(kernel32|ntdll|advapi32|user32|shell32|msvcrt|ucrtbase|api-ms-win-crt-[\w-]+)\.dll$/i;
const windowsExpected = { kind: 'pe', machine: 'x86_64', libraries: windowsLibraries, largestBytes: 2_000_000 };

/** Folders of `prebuilds/` and their files: what each is made by, and what it must be. Names are those the loader looks for. */
export const PREBUILDS = {
  'linux-x64': linuxFiles('x64'),
  'linux-arm64': linuxFiles('arm64'),
  'darwin-x64': darwinFiles('x64'),
  'darwin-arm64': darwinFiles('arm64'),
  'win32-x64': [addon('custody.node', 'windows', windowsExpected)],
};
