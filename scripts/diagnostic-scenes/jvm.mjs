/** Java: javac, Maven, Gradle. */
const app = (body) => `package shop;\n\npublic class App {\n${body}}\n`;
const WRONG = app('    int total() {\n        int count = "many";\n        return missing;\n    }\n');
const javac = (content, run = 'javac -d out src/shop/App.java') => ({ files: { 'src/shop/App.java': content }, run });

const POM =
  '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>shop</groupId><artifactId>shop</artifactId><version>1</version>' +
  '<properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties><build><pluginManagement><plugins>{plugins}</plugins></pluginManagement></build>{more}</project>\n';
/** Those that this version of Maven would choose are too old for the JDK. */
const PLUGINS = Object.entries({ resources: '3.3.1', compiler: '3.13.0', surefire: '3.2.5' })
  .map(
    ([name, version]) => `<plugin><artifactId>maven-${name}-plugin</artifactId><version>${version}</version></plugin>`,
  )
  .join('');
const JUNIT =
  '<dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version><scope>test</scope></dependency></dependencies>';
const maven = (files, run = 'mvn -B -ntp -q compile', more = '') => ({
  files: { 'pom.xml': POM.replace('{plugins}', PLUGINS).replace('{more}', more), ...files },
  run,
});
const MAIN = 'src/main/java/shop/App.java';
const TEST = 'src/test/java/shop/AppTest.java';
const FAILING_TEST =
  'package shop;\n\nimport static org.junit.Assert.assertEquals;\nimport org.junit.Test;\n\npublic class AppTest {\n    @Test\n    public void adds() {\n        assertEquals(3, 1 + 1);\n    }\n\n    @Test\n    public void reads() {\n        throw new IllegalStateException("no store");\n    }\n}\n';

const GRADLE = "apply plugin: 'java'\n";
const gradle = (files, run = 'gradle --offline --no-daemon compileJava') => ({
  files: { 'build.gradle': GRADLE, ...files },
  run,
});

export const jvmScenes = {
  javac: [
    {
      tool: 'javac',
      version: 'javac -version',
      scenes: {
        errors: javac(WRONG),
        syntax: javac(app('    int total() {\n        return 1\n    }\n')),
        warning: javac(
          app('    java.util.List<String> list = new java.util.ArrayList();\n'),
          'javac -Xlint:all -d out src/shop/App.java',
        ),
        'missing-package': javac('package shop;\n\nimport org.nothing.Thing;\n\nclass App {}\n'),
        'missing-file': { run: 'javac NoSuch.java' },
        'deprecation-note': javac(app('    Object o = new Integer(1);\n    int x = o;\n')),
        werror: javac(
          app('    java.util.List<String> list = new java.util.ArrayList();\n'),
          'javac -Werror -Xlint:all -d out src/shop/App.java',
        ),
      },
    },
  ],
  maven: [
    {
      tool: 'maven',
      version: 'mvn -B -v | cat',
      scenes: {
        'compile-error': maven({ [MAIN]: WRONG }),
        'compile-not-quiet': maven({ [MAIN]: WRONG }, 'mvn -B -ntp compile'),
        'compile-warning': maven(
          { [MAIN]: app('    java.util.List<String> list = new java.util.ArrayList();\n    int x = "";\n') },
          'mvn -B -ntp compile -Dmaven.compiler.showWarnings=true -Dmaven.compiler.compilerArgument=-Xlint:all',
        ),
        'bad-pom': {
          files: { 'pom.xml': '<project><modelVersion>4.0.0</modelVersion></project>\n' },
          run: 'mvn -B -ntp compile',
        },
        'broken-pom': { files: { 'pom.xml': '<project><modelVersion>4.0.0\n' }, run: 'mvn -B -ntp compile' },
        'missing-dependency': maven({ [MAIN]: app('') }, 'mvn -B -ntp -o compile', JUNIT.replace('4.13.2', '9.9.9')),
        'test-compile-error': maven(
          { [MAIN]: app(''), [TEST]: 'package shop;\n\npublic class AppTest {\n    int x = missing;\n}\n' },
          'mvn -B -ntp test',
          JUNIT,
        ),
      },
    },
  ],
  gradle: [
    {
      tool: 'gradle',
      version: 'gradle --version | grep ^Gradle',
      scenes: {
        'compile-error': gradle({ [MAIN]: WRONG }),
        'bad-script': {
          files: { 'build.gradle': 'apply plugin: "java"\nnoSuchThing {\n}\n' },
          run: 'gradle --offline --no-daemon build',
        },
        'script-syntax': {
          files: { 'build.gradle': 'apply plugin "java" {\n' },
          run: 'gradle --offline --no-daemon build',
        },
        'no-task': gradle({}, 'gradle --offline --no-daemon noSuchTask'),
        'task-throws': {
          files: { 'build.gradle': 'task boom {\n  doLast {\n    throw new GradleException("no licence")\n  }\n}\n' },
          run: 'gradle --offline --no-daemon boom',
        },
        'test-failures': {
          files: {
            'build.gradle':
              "apply plugin: 'java'\ndependencies { testCompile files('/usr/share/java/junit4.jar', '/usr/share/java/hamcrest-core.jar') }\n",
            [MAIN]: app(''),
            [TEST]: FAILING_TEST,
          },
          run: 'gradle --offline --no-daemon test',
        },
      },
    },
  ],
};
