/** Python: tracebacks of the interpreter, pytest, mypy and ruff. */
const script = (content) => ({ files: { 'src/app.py': content }, run: 'python3 src/app.py' });

const tracebacks = {
  'name-error': script('def total(items):\n    return sum(items) + bonus\n\n\nprint(total([1, 2]))\n'),
  'exception-without-text': script('class Refused(Exception):\n    pass\n\n\nraise Refused\n'),
  'chained-during-handling': script(
    'def read():\n    try:\n        return {}["key"]\n    except KeyError:\n        raise ValueError("no setting: key")\n\n\nread()\n',
  ),
  'chained-from': script(
    'import json\n\n\ndef load(text):\n    try:\n        return json.loads(text)\n    except ValueError as problem:\n        raise RuntimeError("settings cannot be read") from problem\n\n\nload("{")\n',
  ),
  'exception-group': script(
    'def check(value):\n    raise ValueError(f"bad value {value}")\n\n\ndef all_checks():\n    problems = []\n    for value in (1, 2):\n        try:\n            check(value)\n        except ValueError as problem:\n            problems.append(problem)\n    raise ExceptionGroup("checks failed", problems)\n\n\nall_checks()\n',
  ),
  'syntax-error': script('def total(items:\n    return 1\n'),
  'indentation-error': script('def total():\nreturn 1\n'),
  'module-not-found': script('import no_such_module\n'),
  'message-of-two-lines': script('raise RuntimeError("first line\\nsecond line")\n'),
  'recursion-repeats-frames': script('def again():\n    return again()\n\n\nagain()\n'),
  'between-other-output': {
    files: {
      'src/app.py':
        'import logging\nlogging.warning("starting")\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception("division failed")\nprint("still here")\nopen("missing.txt")\n',
    },
    run: 'python3 src/app.py',
  },
};

const pytestFile = (content, run = 'pytest -p no:cacheprovider') => ({ files: { 'tests/test_math.py': content }, run });

const pytest = {
  assertion: pytestFile('def test_adds():\n    assert 1 + 1 == 3\n\n\ndef test_fine():\n    assert True\n'),
  'exception-in-helper': {
    files: {
      'src/prices.py': 'def price(name):\n    return {"tea": 2}[name]\n',
      'tests/test_prices.py':
        'import sys\n\nsys.path.insert(0, "src")\nfrom prices import price\n\n\ndef test_coffee():\n    assert price("coffee") == 3\n',
    },
    run: 'pytest -p no:cacheprovider',
  },
  'collection-error': pytestFile('import no_such_module\n\n\ndef test_adds():\n    assert True\n'),
  'fixture-error': pytestFile(
    'import pytest\n\n\n@pytest.fixture\ndef store():\n    raise ConnectionError("store is down")\n\n\ndef test_reads(store):\n    assert store\n',
  ),
  'parametrised-and-class': pytestFile(
    'import pytest\n\n\n@pytest.mark.parametrize("value", [2, 3])\ndef test_even(value):\n    assert value % 2 == 0, f"{value} is odd"\n\n\nclass TestShape:\n    def test_area(self):\n        assert len([]) == 1\n',
  ),
  'short-traceback': pytestFile('def test_adds():\n    assert 1 + 1 == 3\n', 'pytest -p no:cacheprovider --tb=short'),
  'line-traceback': pytestFile('def test_adds():\n    assert 1 + 1 == 3\n', 'pytest -p no:cacheprovider --tb=line'),
  'native-traceback': pytestFile('def test_adds():\n    assert 1 + 1 == 3\n', 'pytest -p no:cacheprovider --tb=native'),
  'syntax-error': pytestFile('def test_adds(:\n    assert True\n'),
  colour: pytestFile('def test_adds():\n    assert 1 + 1 == 3\n', 'pytest -p no:cacheprovider --color=yes'),
  'summary-only': pytestFile('def test_adds():\n    assert 1 + 1 == 3\n', 'pytest -p no:cacheprovider -q --tb=no'),
};

const typed = (content, run = 'mypy --no-incremental --cache-dir=/dev/null src') => ({
  files: { 'src/app.py': content },
  run,
});

const mypy = {
  assignment: typed('x: int = "one"\n'),
  columns: typed(
    'def add(a: int, b: int) -> int:\n    return a + b\n\n\nadd(1, "2")\n',
    'mypy --cache-dir=/dev/null --show-column-numbers src',
  ),
  ends: typed(
    'def add(a: int, b: int) -> int:\n    return a + b\n\n\nadd(1, "2")\n',
    'mypy --cache-dir=/dev/null --show-error-end src',
  ),
  notes: typed(
    'from typing import List\n\n\ndef f(a: List[float]) -> None: ...\n\n\nb: List[int] = []\nf(b)\nreveal_type(b)\n',
  ),
  'missing-stub': typed('import no_such_module\n\n\ndef f(): return 1\n', 'mypy --cache-dir=/dev/null --strict src'),
  syntax: typed('def f(:\n    pass\n'),
  pretty: typed('x: int = "one"\n', 'mypy --cache-dir=/dev/null --pretty src'),
  json: typed('x: int = "one"\n', 'mypy --cache-dir=/dev/null --output=json src'),
};

const linted = (run) => ({
  files: { 'src/app.py': 'import os\nfrom typing import List\n\n\ndef f(a: List) -> None:\n    b = 1\n    print(c)\n' },
  run,
});
const broken = (run) => ({ files: { 'src/app.py': 'def f(:\n    pass\n' }, run });

const ruff = {
  full: linted('ruff check --no-cache'),
  concise: linted('ruff check --no-cache --output-format=concise'),
  grouped: linted('ruff check --no-cache --output-format=grouped'),
  json: linted('ruff check --no-cache --output-format=json'),
  'json-lines': linted('ruff check --no-cache --output-format=json-lines'),
  'syntax-full': broken('ruff check --no-cache'),
  'syntax-concise': broken('ruff check --no-cache --output-format=concise'),
  'syntax-json': broken('ruff check --no-cache --output-format=json'),
  format: { files: { 'src/app.py': 'def f( ):\n  pass\n' }, run: 'ruff format --no-cache --check' },
};

export const pythonScenes = {
  python: [{ tool: 'python', version: 'python3 --version', scenes: tracebacks }],
  pytest: [{ tool: 'pytest', version: 'pytest --version', scenes: pytest }],
  mypy: [{ tool: 'mypy', version: 'mypy --version', scenes: mypy }],
  ruff: [{ tool: 'ruff', version: 'ruff --version', scenes: ruff }],
};
