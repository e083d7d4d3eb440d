"""Zip files byte by byte, so that any of their fields can say what is not so."""

import struct
import zlib
from dataclasses import dataclass, field
from random import Random

STORED, DEFLATED = 0, 8
NUMBERS = [0, 1, 2, 0x7F, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]
WIDE_NUMBERS = [*NUMBERS, 2**32, 2**63 - 1, 2**63, 2**64 - 1]
# Shrunk, deflate64, bzip2, LZMA, zstd, XZ, PPMd, AES, and none that there is.
METHODS = [STORED, 1, 9, 12, 14, 93, 95, 98, 99, 7, 0xFFFF]
# Encrypted, sizes behind the content, patched, strongly encrypted, UTF-8, names hidden.
FLAGS = [0x1, 0x8, 0x20, 0x40, 0x41, 0x800, 0x2000, 0xFFFF]
ATTRIBUTES = [0xA1FF0000, 0x41ED0010, 0x61B60000, 0xFFFFFFFF]  # a link, a folder, a device

NAMES = [
    *(
        b"a.csv",
        b"a.csv",
        b"A.CSV",
        b"b.csv",
        b"b.txt",
        b"b.tsv",
        b"c.json",
        b"c.jsonl",
        b"d.zip",
        b"d.csv.gz",
    ),
    *(b"../../etc/passwd.csv", b"/a.csv", b"\\\\host\\a.csv", b"C:a.csv", b"a/../../b.csv", b"a\\b.csv"),
    *(
        b"",
        b".csv",
        b"/",
        b"a/",
        b"con.csv",
        b"a\x00.csv",
        b"a.csv\x00.exe",
        b"\xff\xfe.csv",
        b"e\xcc\x81.csv",
    ),
    *(
        b"\xc3\xa9.csv",
        b"e\xcc\x81.csv",
        b"\x1b[2J.csv",
        b"\xe2\x80\xae.csv",
        b"__MACOSX/._a.csv",
        b"=1+1.csv",
        b"<b>.csv",
    ),
    *(b"a" * 300 + b".csv", b"a" * 65_000 + b".csv"),
    *(b"[Content_Types].xml", b"xl/workbook.xml", b"mimetype", b"content.xml"),
]


@dataclass
class Member:
    """A file of a zip. The fields of its two headers that are named in `wrong` are other than they should be.

    The first number in a value of `wrong` is for the header before the content, the second for that of the
    directory.
    """

    name: bytes
    content: bytes
    wrong: dict[str, tuple[int, int]] = field(default_factory=dict)
    other_name: bytes | None = None
    extra: bytes = b""

    def headers(self, offset: int) -> tuple[bytes, bytes]:
        """The header before the content, with the content; and that of the directory."""
        deflate = zlib.compressobj(wbits=-15)
        data = deflate.compress(self.content) + deflate.flush()
        right = {
            "version": 20,
            "flags": 0,
            "method": DEFLATED,
            "moment": 0x5B540000,
            "sum": zlib.crc32(self.content),
            "packed": len(data),
            "size": len(self.content),
            "name": len(self.name),
            "extra": len(self.extra),
            "comment": 0,
            "disk": 0,
            "inner": 0,
            "outer": 0,
            "offset": offset,
        }
        pairs = {name: self.wrong.get(name, (value, value)) for name, value in right.items()}
        values = [(pair[0] % 2**32, pair[1] % 2**32) for pair in pairs.values()]
        local = struct.pack("<4s3H4L2H", b"PK\x03\x04", *_fit([value for value, _ in values[:9]]))
        central = struct.pack("<4s4H4L5H2L", b"PK\x01\x02", 20, *_fit([value for _, value in values]))
        other_name = self.name if self.other_name is None else self.other_name
        return local + self.name + self.extra + data, central + other_name + self.extra


def _fit(values: list[int]) -> list[int]:
    """Cut what does not fit into a field of two bytes; those of four bytes are the fourth to the seventh."""
    return [value if 3 <= i <= 6 or i >= 12 else value & 0xFFFF for i, value in enumerate(values)]


def packed(random: Random, members: list[Member], n_changes: int) -> bytes:
    """A zip of these members, with so many things wrong about it."""
    end = {
        "disk": 0,
        "first": 0,
        "here": len(members),
        "all": len(members),
        "size": 0,
        "start": 0,
        "comment": 0,
    }
    shift, cut, copies, around = 0, 0, 1, (b"", b"", b"")
    for _ in range(n_changes):
        change = random.randrange(8)
        if change <= 2 and members:
            spoil(random, random.choice(members))
        elif change == 3:
            end[random.choice(list(end))] = random.choice(NUMBERS)
        elif change == 4:
            cut = random.randrange(1, 200)
        elif change == 5:
            copies = random.choice([2, 3, 40, 1_200])  # each entry of the directory more than once: overlaps
        elif change == 6:
            around = zip64_end(random)
        else:
            junk = random.randbytes(random.randrange(1, 99))
            around = random.choice([(junk, b"", b""), (b"", junk, b""), (b"", b"", junk)])
    local, central = b"", b""
    for member in members:
        before, entry = member.headers(len(local))
        local, central = local + before, central + entry
    central = (central * copies)[: max(0, len(central) * copies - cut)]
    end = {**end, "here": end["here"] * copies, "all": end["all"] * copies} if copies > 1 else end
    end["size"], end["start"] = end["size"] or len(central), end["start"] or len(local) + shift
    numbers = [value & (0xFFFFFFFF if name in ("size", "start") else 0xFFFF) for name, value in end.items()]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers)
    return around[0] + local + central + around[1] + tail + around[2]


def spoil(random: Random, member: Member) -> None:
    """Make a member's headers say what is not so, both alike or only one of them."""
    name = random.choice(
        [
            *("flags", "method", "version") * 2,
            "moment",
            "sum",
            "packed",
            "size",
            "name",
            "extra",
            "offset",
            "outer",
        ]
    )
    choices = {"flags": FLAGS, "method": METHODS, "outer": ATTRIBUTES}
    value = random.choice(choices.get(name, [*NUMBERS, len(member.content) + 1, len(member.content) - 1]))
    right = {"flags": 0, "method": DEFLATED, "version": 20}.get(name, len(member.content))
    member.wrong[name] = random.choice([(value, value), (value, value), (value, right), (right, value)])
    if random.random() < 0.2:
        member.other_name = random.choice(NAMES)
    if random.random() < 0.3:
        wide = struct.pack("<3Q", *random.choices(WIDE_NUMBERS, k=3))
        kind, length = (
            random.choice([0x0001, 0x0001, 0x7075, 0x9901, 0xCAFE]),
            random.choice([24, 8, 0, 25, 65_535]),
        )
        member.extra = struct.pack("<2H", kind, length) + wide[: random.choice([24, 8, 3, 0])]


def zip64_end(random: Random) -> tuple[bytes, bytes, bytes]:
    """An end of the directory in the wide form, and where it is said to be, one of which is false."""
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, *random.choices(WIDE_NUMBERS, k=4))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, random.choice(WIDE_NUMBERS), random.choice([0, 1, 2]))
    return b"", random.choice([wide + locator, locator, wide]), b""


def flipped(random: Random, content: bytes, most: int) -> bytes:
    """Change some bytes, and now and then cut some off."""
    changed = bytearray(content)
    for _ in range(random.randrange(most + 1)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    if most and random.random() < 0.1:
        del changed[random.randrange(len(changed) + 1) :]
    return bytes(changed)
