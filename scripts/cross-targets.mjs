/**
 * What the native parts are cross compiled for: Zig's name of the target, what CMake has to know, and what the file must be.
 *
 * glibc 2.17 is that of the oldest distributions that any supported Node runs on; a build with the machine's own compiler
 * needs the machine's. macOS 10.15 is the oldest one with all that is linked against, and 11 the first on arm64.
 */
const linux = (machine, libc) => ({
  zig: `${machine}-linux-${libc}`,
  system: 'Linux',
  machine,
  format: { kind: 'elf', machine, ...(libc === 'musl' ? { libc } : { newestGlibc: libc.replace('gnu.', '') }) },
  settings: { CUSTODY_COMPILER_RUNTIME: '' },
});

const darwin = (machine, minimum) => ({
  zig: `${machine}-macos.${minimum}`,
  system: 'Darwin',
  machine: machine === 'aarch64' ? 'arm64' : machine,
  format: { kind: 'mach-o', machine, minimum },
  settings: {
    // Tools that only Apple has, for steps that are not taken: nothing is installed or signed here.
    CMAKE_INSTALL_NAME_TOOL: '/bin/true',
    CMAKE_OSX_SYSROOT: '',
    CMAKE_OSX_DEPLOYMENT_TARGET: '',
    CMAKE_OSX_ARCHITECTURES: '',
  },
});

export const TARGETS = {
  'darwin-arm64': darwin('aarch64', '11.0'),
  'darwin-x64': darwin('x86_64', '10.15'),
  'linux-x64-glibc': linux('x86_64', 'gnu.2.17'),
  'linux-arm64-glibc': linux('aarch64', 'gnu.2.17'),
  'linux-x64-musl': linux('x86_64', 'musl'),
  'linux-arm64-musl': linux('aarch64', 'musl'),
};
