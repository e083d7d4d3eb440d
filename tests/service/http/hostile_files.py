"""Files that nobody well-meaning uploads, made up from a seed: tables, gzip, zips and JSON."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from tests.service.http.hostile_zips import NAMES, Member, flipped, packed
from tests.service.requests import WEEK


class Upload(NamedTuple):
    """A file, and what its sender says that it is."""

    kind: str
    body: bytes


FIRST = date(2026, 10, 20)
DAYS = [FIRST + timedelta(days=i) for i in range(30)]
CELLS = [
    *(
        "",
        "0",
        "-1",
        "1e308",
        "-1e999",
        "NaN",
        "Infinity",
        "1,204",
        "1 000",
        "1'000",
        "0x10",
        "1" * 400,
        "１２",
    ),
    *(
        '"',
        '""',
        '"a""b',
        'a"b',
        '"a\nb"',
        '"\r',
        "'",
        "\\",
        "\\N",
        "null",
        "NULL",
        "TRUE",
        "#REF!",
        "%",
        "$5",
    ),
    *("=1+1", "=HYPERLINK(1)", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1", "<script>", "${jndi:a}"),
    *(
        "2026-02-30",
        "9999-12-31",
        "0000-00-00",
        "2026-10-20T25:00Z",
        "20261020",
        "10/20/26",
        "46315",
        "yesterday",
    ),
    *(
        "\x00",
        "\x1a",
        "\x1b[2J",
        "\ufeff",
        "\u2028",
        "\x85",
        "\u202e",
        "é",
        "🎬",
        "\udcff",
        "a" * 3000,
        ";",
        "\t",
    ),
]
# Of JSON.
VALUES: list[Any] = [None, True, -1, 1e308, 10**400, "5", "NaN", "\ud800", "a" * 9999, "=1"]
VALUES += [[], {}, [[]], {"date": {}}]
PIECES = ["", "[" * 9999, '{"a":' * 9999, "\x00", "NaN", '"', "\ufeff", "//"]
TITLES = [
    "",
    "date",
    "Date",
    "views",
    "Views",
    "series",
    "views",
    "Datum",
    "日付",
    "=date",
    "a" * 999,
    "\ufeffdate",
]
ENCODINGS = [
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7"),
    *("latin-1", "cp1252", "cp1251", "cp037", "cp932", "gb18030", "koi8_r", "iso2022_jp", "hz"),
]
BEGINNINGS = [
    "sep=;\n",
    "# a\n",
    "\n" * 9,
    "\ufeff",
    "\ufeff\ufeff",
    '"',
    "\x00" * 4,
    "[\n",
    "{",
    "PK",
    "PAR1",
]
ENDS = ["\n", "\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r", "\x0b", "\x0c", "\x85", "\u2028", ""]


def table(random: Random) -> list[list[str]]:
    """Rows that are right: one series, or two."""
    if random.random() < 0.5:
        return [["date", "views"], *([f"{day}", f"{i * 100}"] for i, day in enumerate(DAYS))]
    return [["series", "date", "views"], *(["ab"[i % 2], f"{day}", f"{i}"] for i, day in enumerate(DAYS))]


def spoil_rows(random: Random, rows: list[list[str]]) -> None:
    """Put cells and rows where they do not belong, and take some away."""
    for _ in range(random.randrange(5)):
        row, cell = random.choice(rows), random.choice(CELLS)
        at = random.randrange(len(row) + 1)
        change = random.randrange(8)
        if change == 0:
            row.insert(at, cell)
        elif change == 1:
            del row[at:]
        elif change == 2:
            rows.insert(random.randrange(len(rows)), list(row))
        elif change == 3:
            rows[0][at:] = random.choices(TITLES, k=random.randrange(1, 4))
        elif change == 4:
            rows.insert(random.randrange(len(rows)), [cell] * random.choice([0, 1, 3, 300]))
        else:
            row[at : at + 1] = [cell]


def broken_csv(random: Random) -> Upload:
    """A table with cells, rows, separators, line ends and bytes that do not belong together."""
    rows = table(random)
    spoil_rows(random, rows)
    separator = random.choice([*(",",) * 6, ";", "\t", "|", ":", " ", "\x1f", ", "])
    end = random.choice(["\n", "\r\n", *random.choices(ENDS)])
    odd_end = random.choice(ENDS) if random.random() < 0.2 else end
    lines = [separator.join(row) + (odd_end if random.random() < 0.1 else end) for row in rows]
    if random.random() < 0.3:
        lines.insert(0, random.choice(BEGINNINGS))
    text = "".join(lines)
    if random.random() < 0.05:
        at = random.randrange(len(text))
        huge = [random.choice('"aé,;\n\x00') * 200_000, '"",' * 40_000, "\n" * 150_000, "1," * 100_000]
        text = text[:at] + random.choice(huge) + text[at:]
    encoding = random.choice(ENCODINGS) if random.random() < 0.25 else "utf-8"
    kind = random.choice(["text/csv", "text/tab-separated-values", "text/plain", "application/octet-stream"])
    return Upload(kind, flipped(random, text.encode(encoding, "replace"), most=random.choice([0, 0, 3])))


def broken_gzip(random: Random) -> Upload:
    """A gzip whose header, stream, sum or length is not what it should be, or that has several in it."""
    inner = broken_csv(random).body if random.random() < 0.5 else _text(table(random)).encode()
    content = bytearray(gzip.compress(inner, mtime=0))
    change = random.randrange(14)
    if change == 0:
        content[3] = random.randrange(256)  # flags
    elif change == 1:
        content[2] = random.randrange(256)  # method
    elif change == 2:
        content[-random.randrange(1, 9)] ^= 0xFF  # sum and length
    elif change == 3:
        content += random.choice([bytes(content), b"\x00" * 99, b"junk", bytes(content[:10]), b"\x1f\x8b"])
    elif change == 4:
        content = bytearray(gzip.compress(content))
    elif change == 5:
        content = bytearray(
            gzip.compress(b"date,views\n" + random.choice([b"\n", b" ", b"\x00", b","]) * 3 * 10**6)
        )
    elif change == 6:
        name = random.choice([b"../../x\x00", b"a" * 70_000, b"\x00"])
        content = content[:3] + b"\x08" + content[4:10] + name + content[10:]
    kind = random.choice(["application/gzip", "application/x-gzip", "text/csv"])
    return Upload(kind, flipped(random, bytes(content), most=random.choice([0, 3])))


def _json_forms() -> list[Any]:
    """Thirty days, in the forms that are read."""
    return [
        [{"date": str(day), "views": i} for i, day in enumerate(DAYS)],
        {"data": [{"date": str(day), "views": i} for i, day in enumerate(DAYS)]},
        {str(day): i for i, day in enumerate(DAYS)},
        {"dates": [str(day) for day in DAYS], "views": list(range(len(DAYS)))},
        [[str(day), i] for i, day in enumerate(DAYS)],
        {"series": [{"name": "a", "data": [[i * 86_400_000, i] for i in range(30)]}]},
        {"last_date": "2026-11-20", "views": list(WEEK)},
    ]


def _spoil_json(random: Random, form: Any) -> None:
    """Put a value somewhere inside where it does not belong."""
    level = form
    for _ in range(random.randrange(1, 4)):
        inner = level.values() if isinstance(level, dict) else level
        deeper = [each for each in inner if isinstance(each, dict | list) and each]
        level = random.choice(deeper) if deeper else level
    names = [*level, "date", "series", "", "x"] if isinstance(level, dict) else range(len(level))
    level[random.choice(names)] = deepcopy(random.choice(VALUES))


def broken_table_of_json(random: Random) -> Upload:
    """Counts in JSON of other services, with values, levels or bytes that do not belong there."""
    form = random.choice(_json_forms())
    for _ in range(random.randrange(4)):
        _spoil_json(random, form)
    text = json.dumps(form)
    if random.random() < 0.3:
        text = "\n".join(map(json.dumps, form)) if isinstance(form, list) else text * 2
    if random.random() < 0.3:
        at = random.randrange(len(text))
        text = text[:at] + random.choice(PIECES) + text[at:]
    kind = random.choice(["application/json", "application/x-ndjson", "application/octet-stream"])
    encoding = random.choice([*("utf-8",) * 4, "utf-8-sig", "utf-16", "utf-32-be"])
    return Upload(kind, flipped(random, text.encode(encoding), most=random.choice([0, 3])))


def _text(rows: list[list[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def broken_zip(random: Random) -> Upload:
    """A zip whose members, names, sizes, offsets or bytes are not what they should be."""
    members = []
    for name in random.choices([*NAMES, *(b"a.csv", b"b.csv") * 12], k=random.choice([0, 1, 1, 2, 3])):
        makers: list[Callable[[Random], Upload]] = [
            broken_csv,
            broken_csv,
            broken_gzip,
            broken_table_of_json,
            broken_zip,
        ]
        good = _text(table(random)).encode()
        members.append(Member(name, good if random.random() < 0.6 else random.choice(makers)(random).body))
    if random.random() < 0.03:
        members.append(Member(b"bomb.csv", b"date,views\n" + b"\n" * 20_000_000))
    content = packed(random, members, n_changes=random.choice([0, 0, 1, 1, 2, 4]))
    kind = random.choice(["application/zip", "application/x-zip-compressed", "application/octet-stream"])
    return Upload(kind, flipped(random, content, most=random.choice([0, 0, 0, 6])))
