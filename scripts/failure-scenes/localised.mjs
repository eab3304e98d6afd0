/** The same failures in other languages: categories must not depend on the words. Locales are built into the scene's folder. */
const locale = (name) =>
  `mkdir -p locales; localedef -i ${name} -f UTF-8 locales/${name}.UTF-8 2>/dev/null || [ -d locales/${name}.UTF-8 ]`;
const inLanguage = (name) => ({
  LOCPATH: '{work}/locales',
  LC_ALL: `${name}.UTF-8`,
  LANGUAGE: `${name}:${name.split('_')[0]}`,
});
const LONG_NAME = 'n'.repeat(300);

const inEach = (language) => [
  {
    name: `${language}-cat-denied`,
    setup: `${locale(language)}; echo x > f; chmod 600 f`,
    run: ['cat', 'f'],
    env: inLanguage(language),
    asNobody: true,
  },
  {
    name: `${language}-disk-full`,
    setup: locale(language),
    run: ['cp', '/etc/services', '/dev/full'],
    env: inLanguage(language),
  },
  { name: `${language}-too-long`, setup: locale(language), run: ['touch', LONG_NAME], env: inLanguage(language) },
  {
    name: `${language}-git-index-lock`,
    setup: `${locale(language)}; git init -q r; touch r/f r/.git/index.lock`,
    run: ['git', '-C', 'r', 'add', 'f'],
    env: inLanguage(language),
  },
  {
    name: `${language}-git-clone-denied`,
    setup: `${locale(language)}; mkdir d; chmod 555 d`,
    run: ['git', 'clone', 'https://git.invalid/network.git', 'd/r'],
    env: inLanguage(language),
    asNobody: true,
  },
  {
    name: `${language}-not-found`,
    setup: locale(language),
    run: ['bash', '-c', 'no-such-tool'],
    env: inLanguage(language),
  },
];

export const localisedScenes = { localised: ['de_DE', 'fr_FR', 'es_ES', 'ja_JP', 'zh_CN', 'ru_RU'].flatMap(inEach) };
