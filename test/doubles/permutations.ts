/** Every order of the given things. */
export function* permutationsOf<T>(things: readonly T[]): Generator<readonly T[]> {
  if (things.length === 0) yield [];
  for (const [index, thing] of things.entries()) {
    for (const rest of permutationsOf([...things.slice(0, index), ...things.slice(index + 1)])) yield [thing, ...rest];
  }
}
