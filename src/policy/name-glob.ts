/**
 * Globs for names of variables: `*` stands for any characters, `?` for one, everything else for itself, in any case.
 *
 * Names have no path in them, so this is all of it; each star is tried from its last place only, which keeps the time within
 * the product of both lengths whatever the glob.
 */

/** Whether one of the globs fits the whole name. */
export function matchesAny(name: string, globs: readonly string[]): boolean {
  const upper = name.toUpperCase();
  return globs.some((glob) => matches(upper, glob.toUpperCase()));
}

function matches(name: string, glob: string): boolean {
  let nameIndex = 0;
  let globIndex = 0;
  /** Where to go on when what follows the last star does not fit: the star takes one character more. */
  let retry: { readonly glob: number; name: number } | undefined;
  while (nameIndex < name.length) {
    const wanted = glob[globIndex];
    if (wanted === '*') {
      retry = { glob: globIndex + 1, name: nameIndex };
      globIndex += 1;
    } else if (wanted === '?' || wanted === name[nameIndex]) {
      nameIndex += 1;
      globIndex += 1;
    } else if (retry !== undefined) {
      retry.name += 1;
      nameIndex = retry.name;
      globIndex = retry.glob;
    } else {
      return false;
    }
  }
  while (glob[globIndex] === '*') globIndex += 1;
  return globIndex === glob.length;
}
