"""Records how PyYAML reads YAML texts: Prefect reads files with `yaml.safe_load`.

    pip install pyyaml==6.0.3
    python tests/oracle/pyyaml.py PATH/TO/yaml-test-suite/src > tests/cases/yaml-pyyaml.ndjson

The inputs are those of the YAML test suite (https://github.com/yaml/yaml-test-suite at ccfa74e, MIT License, Copyright
(c) 2016-2020 Ingy döt Net) and the texts below. With `-` instead of a path, JSON texts are read line by line.

One line per text: {"name", "text", "value"} or {"name", "text", "refused": why}. A value carries its type:
null, true, "text", ["int", "1"], ["float", "1.5"], ["date"], ["list", ...], ["dict", [key, value], ...], ["other", type].
"""

import datetime
import json
import sys
from pathlib import Path
from typing import Any

import yaml

TEXTS = [
    # booleans, nothing, words that are neither
    "[yes, Yes, YES, yEs, no, No, NO, on, On, ON, off, Off, OFF, true, True, TRUE, tRue, false, y, n, Y, N]",
    "[~, null, Null, NULL, nULL, '', \"\", , -]",
    "[]",
    "- \n- ~\n- null",
    # whole numbers
    "[0, 00, 1, -1, +1, 017, -017, 08, 0o17, 0x1F, 0x1f, -0x1F, 0xG, 0b101, 0b102, 1_000, 1__0, 0_, 0_7, 1_, _1]",
    "[100000000000000000000, -9223372036854775809, 0xffffffffffffffff, 0x1_f]",
    "[190:20:30, 1:30, 1:60, 1:5, 01:30, 0:30, -1:30, +1:30, 1_0:30, 12:30:45, 1:2:3:4]",
    "a: 0b_",
    "a: 0x_",
    # floats
    "[1.5, -1.5, +1.5, .5, -.5, +.5, 1., 1.5_0, 1_5.0, 1_000.5, 1.e+3, 1.0e+3, 1.0e3, 1e3, 1e+3, 1.5E-3, 007.5, ._5, 1._, 1_.5]",
    "[190:20:30.15, 1:30.5, 1:30., 0:0.5, 1:60.5, -1:30.5]",
    "[.inf, -.inf, +.inf, .Inf, .INF, .iNF, .nan, .NaN, .NAN, -.nan, 1.0e+400, 1.0e-400]",
    # dates and timestamps
    "[2026-03-01, 2026-3-1, 2026-03-1, 26-03-01, 2026-03-01x]",
    "[2026-03-01T12:00:00Z, 2026-03-01 12:00:00, 2026-3-1 1:00:00, 2026-03-01t12:00:00.5+01:00, 2026-03-01T12:00]",
    "[2026-03-01T12:00:00 +1, 2026-03-01T12:00:00-01:3, 2026-03-01  12:00:00.  Z, 2024-02-29]",
    "a: 2026-13-01",
    "a: 2026-02-29",
    "a: 0000-01-01",
    "a: 2026-03-01T24:00:00",
    "a: 2026-03-01T12:60:00",
    "a: 2026-03-01T12:00:00+24:00",
    "a: 2026-03-01T12:00:00+23:59",
    "2026-03-01: x",
    # special values
    "a: =",
    "- =",
    "=: 1",
    "a: <<",
    "- <<",
    "a: '='",
    "a: '<<'",
    # tags
    "[!!str, a]",
    "[a, !!str]",
    "{a: !!str}",
    "{a: !!str , b}",
    "[!!str 1, !!str yes, !!str , !!int '5', !!int 0x1F, !!float 12, !!float '1e3', !!bool yEs, !!null x, !!str a b]",
    "[! 12, ! '12', ! x, ! [a], ! {b: c}]",
    "a: !!int x",
    "a: !!int ''",
    "a: !!float x",
    "a: !!bool maybe",
    "a: !!timestamp 2026-03-01",
    "a: !!timestamp '2026-3-1'",
    "a: !!timestamp x",
    "a: !!seq [1]",
    "a: !!map {b: 1}",
    "a: !!seq {b: 1}",
    "a: !!map [1]",
    "a: !!str [1]",
    "a: !!str {b: 1}",
    "a: !!int [1]",
    "a: !x 1",
    "a: !x [1]",
    "a: !!python/object:os.system x",
    "a: !!python/name:os.system",
    "a: !<tag:yaml.org,2002:str> 5",
    "a: !<tag:yaml.org,2002:foo> 5",
    "%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 5",
    "a: !e!str 5",
    "a: !!binary aGk=",
    "a: !!set {x, y}",
    "a: !!omap [{x: 1}]",
    "a: !!pairs [{x: 1}]",
    "!!str a: !!int '1'",
    # anchors and aliases
    "a: &x 1\nb: *x",
    "a: &x 1\nb: &x 2",
    "a: &x 1\nb: &x 2\nc: *x",
    "a: *x",
    "a: &x\nb: *x",
    "a: &x [*x]",
    "a: &x {b: *x}",
    "a: &x-1_Z 1\nb: *x-1_Z",
    "a: &x.y 1",
    "a: &é 1",
    "a: & 1",
    "&x a: 1\nb: *x",
    "&x\na: 1",
    "a: &x !!str 5\nb: !!str &y 5\nc: [*x, *y]",
    "a: &x b\n*x : c",
    "a: &x [1]\n*x : c",
    "a: &x b: c",
    "a: &x\n  b: c\nd: *x",
    "a: &x [1, 2]\nb: [*x, *x]",
    "a: *x\nb: &x 1",
    # merge keys
    "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3",
    "a: &x {b: 1, c: 2}\nd:\n  c: 3\n  <<: *x",
    "a: &x {one: 1}\nb: &y {one: 2, two: 3}\nc: {<<: [*x, *y]}",
    "a: &x {one: 1}\nb: &y {one: 2, two: 3}\nc: {<<: *x, <<: *y}",
    "a: &x {one: 1}\nb: &y {<<: *x, two: 3}\nc: {<<: *y, one: 4}\nd: {<<: [*y, *x]}",
    "a: {<<: {b: 1}}",
    "a: {<<: [{b: 1}, {b: 2, c: 3}]}",
    "a: {<<: []}",
    "a: {<<: }",
    "a: {<<: 1}",
    "a: {<<: [1]}",
    "a: {<<: [[{b: 1}]]}",
    "a: &x [{b: 1}]\nc: {<<: *x}",
    "a: {\"<<\": {b: 1}}",
    "a: {<<: {1: x, '1': y}, 1: z}",
    "? <<\n: {b: 1}",
    # keys
    "{a: 1, a: 2}",
    "a: 1\nb: 2\na: 3",
    "2: a\n'2': b\nyes: c\n~: d\n1.5: e",
    "? a\n: b\n? c",
    "? |\n  a\n: b",
    "? a\n  b\n: c",
    "? [a]\n: b",
    "? {a: b}\n: c",
    "[a]: b",
    "{a: b}: c",
    "a: {{ b }}",
    "a: {{ b }} c",
    "{a: {b}, c}",
    "{a, b: , c: }",
    "[a: b, c]",
    "[a: b: c]",
    "[? a : b]",
    "{? a : b, ? c}",
    ": a",
    "{: a}",
    "'a': 1\n\"b\": 2",
    "'a b':1",
    "{'a':1, \"b\":2}",
    "{a:1}",
    "{a:[1]}",
    "a:b",
    "a:b: c",
    "k" * 1024 + ": 1",
    "k" * 1025 + ": 1",
    "{" + "k" * 1025 + ": 1}",
    "'" + "k" * 1022 + "': 1",
    "'" + "k" * 1023 + "': 1",
    "{a\n b: 1}",
    "{a\n: 1}",
    "{\"a\"\n: 1}",
    "{\"a\n b\": 1}",
    "a\n: 1",
    "a b: 1\nc  d: 2",
    # flow style
    "[a, b, ]",
    "[a,, b]",
    "[, a]",
    "{a: 1,, b: 2}",
    "[a b, c]",
    "[a\nb]",
    "[a?b]",
    "{a: b?c}",
    "{a?b: c}",
    "[?y]",
    "[? y]",
    "[:z]",
    "[a:]",
    "[a:b, ::c]",
    "[-, -x, --- ]",
    "[- x]",
    "[http://x:1/#y]",
    "[a #b\n, c]",
    "[a, #b\n c]",
    "[a,#b\n c]",
    "a: [\nb\n]",
    "a: [\n  b\n]",
    "a: [b]c",
    "a: [b] c",
    "a: [b] # c",
    "a: [b",
    "a: [b]]",
    "a: {b",
    "a: b]",
    "a: b}",
    "[a}",
    "{a]",
    "[[a], {b: [c]}]",
    "[\"a\", 'b'] ",
    "[\"a\"b]",
    "[\"a\" b]",
    # plain scalars
    "a: b c\n  d\n\n  e",
    "a: b\nc",
    "a: b\n  c: d",
    "a: b: c",
    "a: - b",
    "a: -b",
    "a: -",
    "a: ?b",
    "a: ? b",
    "a: :b",
    "a: : b",
    "a: @b",
    "a: `b",
    "a: %b",
    "a: ,b",
    "a: b,c [d] {e}",
    "a: b#c #d",
    "a: b: # c",
    "a: #b",
    "%b",
    "a: |b",
    "a: b ",
    "- a\n -b",
    "a:  b",
    "prefect.flow-run.*: x",
    "*",
    "&",
    # quoted scalars
    "a: 'it''s'",
    "a: \"x\\ty\\n\\\"\\\\\\/\\0\\a\\b\\e\\f\\r\\v\\ \\_\\N\\L\\P\\x41\\u00e9\\U0001F600\"",
    "a: \"\\q\"",
    "a: \"\\x4\"",
    "a: \"\\ud83d\\ude00\"",
    "a: \"\\ud83d\"",
    "a: 'b\n  c\n\n  d'",
    "a: \"b\n  c\\\n  d\\n\n\n  e\"",
    "a: \"b\\\n\\\n c\"",
    "a: \"b  \n   c\"",
    "a: 'b\nc'",
    "a:\n  b: 'c\n d'",
    "'a\n---\nb'",
    "'a\n... b'",
    "'a\n---b'",
    "a: 'b",
    "a: \"b",
    "a: 'b' c",
    "a: 'b'c",
    "a: 'b'#c",
    "a: \"b\" #c",
    "a: \"\u2028\"",
    "a: \"\\\u2028\"",
    # block scalars
    "a: |\n  b\n   c\n\n d",
    "a: |\n  b\n   c\n\nd: e",
    "a: >\n  b\n  c\n\n  d\n   e\n  f\n",
    "a: |-\n  b\n\n",
    "a: |+\n  b\n\n",
    "a: >+\n  b\n\n\n",
    "a: |2\n   b\n  c\n",
    "a: |2-\n   b\n",
    "a: |-2\n   b\n",
    "a: |0\n b",
    "a: |x\n b",
    "a: |10\n b",
    "a: | # c\n  b",
    "a: |#c\n  b",
    "a: |\n",
    "a: |\nb: c",
    "a: |\n\n  b",
    "a: |\n    \n  b",
    "a: >\n\n\n  b",
    "- |\n a\n- >\n b\n",
    "|\na",
    "--- |\na\n",
    "--- >-\n  a\n  b",
    "a: |\n  # no comment\n # comment\n",
    "a: |\n  b\n# c\nd: e",
    "a: |\n \tb",
    "a: |\n  b\tc",
    "a: >\n  b\n  \tc\n",
    "a: |\n  b\n  ",
    "a: |\n  b\n ",
    "a: |\n  b\n   ",
    "a: |\n  b\n\n  ",
    "a: |+\n  b\n  ",
    "a: |+\n  b\n\n  ",
    "a: |+\n  b\n   ",
    "a: |+\n  b",
    "a: |-\n  b\n   ",
    "a: >\n  b\n   ",
    "a: >+\n  b\n\n",
    "a: |+\n\n",
    "a: |+\n",
    "a: |+",
    "a: |+\n ",
    "a: |+\n\n  ",
    "a: |\n \n",
    "a: |\n  b\n # c",
    "a: |\n  b\n  # c",
    # tabs
    "a:\tb",
    "a: \tb",
    "a: b\t",
    "a: b\tc",
    "a: b\t# c",
    "a: b #\tc",
    "#\ta\na: b",
    "a: 'b'\t",
    "a: 'b\tc'",
    "a: \"b\tc\"",
    "a: \"b\n\tc\"",
    "a: 'b\n \tc'",
    "a:\n\tb: c",
    "a: b\n\tc: d",
    "a: b\n\t\nc: d",
    "a: b\n \t\nc: d",
    "a:\n- b\n-\tc",
    "-\ta",
    "[a,\tb]",
    "[\ta]",
    "{a:\tb}",
    "a: |\t\n  b",
    "a: | \t# c\n  b",
    "a: &x\tb",
    "a: !!str\tb",
    "a: *x\t",
    "?\ta\n: b",
    "\ta: b",
    "%YAML 1.1\t\n---\na: b",
    "---\ta",
    "a: b\n...\t\n",
    "a: b\n\t",
    "a: 1\n\t# c\nb: 2",
    # indentation
    "a: 1\n  b: 2",
    "a:\n    b: 1\n  c: 2",
    " a: 1\nb: 2",
    "  a: 1\n  b: 2",
    "a:\n- b\n - c",
    "a:\n - b\n- c",
    "a:\n  - b\n  c: d",
    "- a\nb: c",
    "a:\n- b\nc: d",
    "- - a\n  - b\n- c",
    "- a: 1\n  b: 2",
    "- a: 1\n b: 2",
    "-\n  a: 1",
    "-\na",
    "a:\nb",
    "a: 1\nb\n",
    "a: 1\nb c\nd: 2",
    # documents
    "",
    "# nothing",
    "---",
    "---\n...",
    "--- a",
    "--- a: b",
    "---\na: b",
    "---\na: b\n...\n",
    "---\na: b\n...\n# c",
    "a: b\n---\nc: d",
    "a: b\n---",
    "a: b\n...\nc: d",
    "a: b\n... c",
    "---a: b",
    "%YAML 1.1\n---\na: b",
    "%YAML 1.2\n---\na: b",
    "%YAML 1.3\n---\na: b",
    "%YAML 2.0\n---\na: b",
    "%YAML 1.1\n%YAML 1.1\n---\na: b",
    "%YAML x\n---\na: b",
    "%YAML 1.1\na: b",
    "%FOO bar\n---\na: b",
    "%TAG ! x\n%TAG ! y\n---\na: b",
    "a: b\n%YAML 1.1\n---\nc: d",
    "...\na: b",
    # line breaks and characters
    "a: b\r\nc: d\r\n",
    "a: b\rc: d\r",
    "a: b\u0085c: d",
    "a: 'b\u0085c'",
    "a: |\u0085  b\u0085  c\u0085",
    "a: b # c\u0085d: e",
    "a: b\u2028c: d",
    "a: 'b\u2028c'",
    "a: 'b\u2029\u2029c'",
    "# a\u2028b: c",
    "\ufeffa: b",
    "\ufeff",
    "\ufeff# a",
    "\ufeff---\na: b",
    "a: b\ufeff",
    "a: '\ufeff'",
    "a\ufeff: b",
    "a: b\n\ufeffc: d",
    "a: \u0001",
    "a: \u007f",
    "a: \u0080",
    "a: \ufffe",
    "a: \U0001f600",
    "é: ü",
    "a: \u00a0b",
    "a: b\u00a0",
    "a\u00a0: b",
    "- a # ä\n- b",
    "# ä\na: [ö, 'ü'] # ß\nb: 😀\nc: x",
]


def encode(value: Any, inside: tuple[int, ...] = ()) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return ["other", "surrogates"] if any("\ud800" <= c <= "\udfff" for c in value) else value
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, datetime.date):
        return ["date"]
    if id(value) in inside:
        return ["other", "recursion"]
    inside = (*inside, id(value))
    if isinstance(value, list):
        return ["list", *[encode(item, inside) for item in value]]
    if isinstance(value, dict):
        return ["dict", *[[encode(key, inside), encode(member, inside)] for key, member in value.items()]]
    return ["other", type(value).__name__]


def answer(name: str, text: str) -> str:
    row: dict[str, Any] = {"name": name, "text": text}
    try:
        row["value"] = encode(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, KeyError, IndexError, AttributeError, RecursionError) as error:
        row["refused"] = " ".join(f"{type(error).__name__}: {error}".split())[:160]
    return json.dumps(row)


def suite(folder: Path) -> list[tuple[str, str]]:
    cases = []
    for path in sorted(folder.glob("*.yaml")):
        inherited = ""
        for number, case in enumerate(found := yaml.safe_load(path.read_text())):
            text = inherited = case.get("yaml", inherited)
            name = path.stem if len(found) == 1 else f"{path.stem}/{number:02}"
            for mark, meant in [("␣", " "), ("»", "\t"), ("—", ""), ("←", "\r"), ("⇔", "\ufeff"), ("↵", "")]:
                text = text.replace(mark, meant)
            cases.append((name, text.removesuffix("\n").removesuffix("∎") if "∎" in text else text))
    return cases


def main() -> None:
    if sys.argv[1:] == ["-"]:
        for line in sys.stdin:
            print(answer("", json.loads(line)))
        return
    for name, text in suite(Path(sys.argv[1])) + [(f"own-{at:03}", text) for at, text in enumerate(TEXTS)]:
        print(answer(name, text))


if __name__ == "__main__":
    main()
