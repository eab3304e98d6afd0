/** Modules, headers, libraries and toolchains that are not there. Package managers have a file of their own. */
import type { TextPatterns } from '../rule.js';

export const DEPENDENCY_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'missing_header',
    any: [/: fatal error: \S{1,300}: No such file or directory$/, /: fatal error: '[^']{1,300}' file not found$/],
    // cc1 says the same of the source that it was given.
    unless: [/^cc1(?:plus|obj)?: fatal error: /],
  },
  {
    subcode: 'missing_library',
    any: [
      /\berror while loading shared libraries: /,
      /\bcannot open shared object file\b/,
      /\bld: cannot find -l\S/,
      /\bld: library not found for -l\S/,
      /\bdyld\b.{0,100}\bLibrary not loaded\b/,
      /\bversion `(?:GLIBC|GLIBCXX|CXXABI)_[\d.]{1,20}' not found\b/,
      /\bDLL load failed\b/,
      /\bLINK : fatal error LNK1104: cannot open file\b/,
    ],
  },
  {
    subcode: 'missing_module',
    any: [
      /\bModuleNotFoundError: /,
      /\bImportError: No module named\b/,
      /\bNo module named ['"]?[\w.]{1,200}/,
      /\bCannot find (?:module|package) '(?!\/|[A-Za-z]:\\)[^']{1,300}'/,
      /\bERR_MODULE_NOT_FOUND\b/,
      /\bError TS2307\b|\berror TS2307: /,
      /\bCan't locate \S{1,300}\.pm in @INC\b/,
      /\bcannot load such file -- /,
      /\berror: package [\w.]{1,300} does not exist$/,
      /\berror\[E0432\]: unresolved import\b|\berror\[E0463\]: can't find crate\b|\buse of unresolved module or unlinked crate\b/,
      /\bno required module provides package\b/,
      /\bClass "[^"]{1,300}" not found\b/,
      /\bCould not find or load main class\b/,
    ],
  },
  {
    subcode: 'missing_toolchain',
    any: [
      /^error: linker `[^`]{1,200}` not found$/,
      /\bCould not find compiler set in environment variable\b/,
      /\bCMAKE_(?:C|CXX|MAKE)_\w{1,30} not set\b|\bCMAKE_MAKE_PROGRAM is not set\b/,
      /\bNo CMAKE_\w{1,30}_COMPILER could be found\b/,
      /\bgyp ERR! (?:find Python|stack Error: (?:Could not find any (?:Python|Visual Studio)|not found: make))/,
      /\bNo compiler is provided in this environment\b/,
      /\bJAVA_HOME\b.{0,80}\b(?:not set|not defined|is set to an invalid)\b/i,
      /\bxcrun: error: invalid active developer path\b/,
      /\bIt was not possible to find any compatible framework version\b|\bYou must install or update \.NET\b/,
      /\bA compatible \.NET SDK was not found\b|\bNo \.NET SDKs were found\b/,
    ],
  },
  {
    subcode: 'missing_library',
    any: [
      /\bCould not find a package configuration file provided by\b/,
      /\bPackage '[^']{1,100}', required by '[^']{1,100}', not found\b/,
      /\bNo package '[^']{1,100}' found\b/,
      /\bCould NOT find \w{1,60} \(missing: /,
    ],
  },
];
