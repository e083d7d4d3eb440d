"""Workbooks part by part, so that any cell, reference or relation can be one that is not there."""

from random import Random

from tests.service.http.hostile_files import DAYS, Upload
from tests.service.http.hostile_zips import Member, flipped, packed

NUMBERS = ["0", "46315", "46315.5", "-1", "60", "1e308", "1e999", "NaN", "", "99999999999", "TRUE", "#REF!"]
PLACES = ["A1", "B2", "C9", "XFD1048576", "A1048577", "ZZZZZZ1", "A99999999999", "1", "", "A0", "a2", "A-1"]
KINDS = ["n", "s", "b", "e", "str", "inlineStr", "d", "x", ""]
VALUES = [*NUMBERS, "&b;", "&c;", "&e12;", "&#0;", "&#x1F600;", "]]>", "<x/>"]
FORMULAS = ["", "<f>1+1</f>", '<f t="shared" si="9"/>', '<f t="shared" ref="A1:XFD9" si="0">A1</f>']
SIZES = ["A1:XFD1048576", "B9:A1", "", "A1", "A1:B99999999999", "XFD1048576:XFD1048576"]
ENTITIES = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE a [" + "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(12)) + "]>"
TARGETS = ["../../etc/passwd", "/xl/a", "http://127.0.0.1/", "", "sharedStrings.xml"]
PUT = ["", "<", ">", "&", '"', "<a>" * 3000, "\x00", ' x="', "<!--", "<![CDATA["]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD_BEGINNING = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def broken_workbook(random: Random) -> Upload:
    """A workbook with cells, XML, parts or bytes that do not belong together; or the old kind's beginning."""
    if random.random() < 0.05:
        return Upload("application/vnd.ms-excel", OLD_BEGINNING + random.randbytes(2000))
    parts = random.choice([_xlsx, _xlsx, _ods])(random)
    if random.random() < 0.2:
        name = random.choice(list(parts))
        at = random.randrange(len(parts[name]))
        parts[name] = parts[name][:at] + random.choice([*PUT, parts[name]]) + parts[name][at + 1 :]
    if random.random() < 0.1:
        del parts[random.choice(list(parts))]
    members = [Member(name.encode(), text.encode()) for name, text in parts.items()]
    content = packed(random, members, n_changes=random.choice([0, 0, 0, 0, 0, 1]))
    return Upload(WORKBOOK, flipped(random, content, most=random.choice([0, 0, 0, 0, 0, 6])))


def _odd(random: Random, right: str, others: list[str], share: float = 0.1) -> str:
    return random.choice(others) if random.random() < share else right


def _xlsx(random: Random) -> dict[str, str]:
    sheets = '<sheet name="a" sheetId="1" r:id="r1"/>' * random.choice([*(1,) * 9, 0, 2, 300])
    target = _odd(random, "worksheets/sheet1.xml", TARGETS)
    count, unique = (_odd(random, "2", NUMBERS, 0.05) for _ in range(2))
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PARTS}/content-types"/>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relation("worksheet", target),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="{count}" uniqueCount="{unique}">'
        "<si><t>date</t></si><si><t>views</t></si></sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": _xlsx_sheet(random),
    }


def _relation(kind: str, target: str) -> str:
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PARTS}/relationships">{relation}</Relationships>'


def _xlsx_sheet(random: Random) -> str:
    rows = ['<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>']
    for number, day in enumerate(DAYS, 2):
        count = f'<c r="B{number}"><v>{number * 10}</v></c>'
        if random.random() < 0.04:
            place, kind, style = (
                _odd(random, f"B{number}", PLACES, 0.5),
                random.choice(KINDS),
                random.choice("019"),
            )
            value = f"{random.choice(FORMULAS)}<v>{random.choice(VALUES)}</v>"
            count = f'<c r="{place}" t="{kind}" s="{style}">{value}</c>'
        date = f'<c r="A{number}" s="1"><v>{day.toordinal() - 693_594}</v></c>'
        rows.append(f'<row r="{_odd(random, str(number), NUMBERS, 0.01)}">{date}{count}</row>')
    size = _odd(random, "", [f'<dimension ref="{size}"/>' for size in SIZES], 0.2)
    merged = _odd(random, "", [f'<mergeCells><mergeCell ref="{size}"/></mergeCells>' for size in SIZES])
    start = _odd(random, "", [ENTITIES, LAUGHS])
    return (
        f'{start}<worksheet xmlns="{_MAIN}">{size}<sheetData>{"".join(rows)}</sheetData>{merged}</worksheet>'
    )


def _ods(random: Random) -> dict[str, str]:
    times = ["30", "1048576", "4294967296", "-1", "x", "99999999999999999999"]
    kinds = ["date", "time", "currency", "boolean", "string", "x"]
    rows = []
    for day in DAYS:
        kind, value = _odd(random, "float", kinds, 0.03), _odd(random, "5", NUMBERS, 0.03)
        count = f'office:value-type="{kind}" office:{kind}-value="{value}" office:value="{value}"'
        cells = [f'office:value-type="date" office:date-value="{day}"', count]
        repeated = [
            f'table:number-columns-repeated="{_odd(random, "1", times, 0.01)}" {cell}' for cell in cells
        ]
        row = "".join(f"<table:table-cell {cell}/>" for cell in repeated)
        n_times = _odd(random, "1", times, 0.01)
        rows.append(f'<table:table-row table:number-rows-repeated="{n_times}">{row}</table:table-row>')
    table = f'<table:table table:name="a">{_TITLES}{"".join(rows)}</table:table>'
    spreadsheet = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    names = f'xmlns:office="{_OPEN}:office:1.0" xmlns:table="{_OPEN}:table:1.0" xmlns:text="{_OPEN}:text:1.0"'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {names}>{spreadsheet}</office:document-content>",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{_OPEN}:manifest:1.0"/>',
    }


_TITLE = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
_TITLES = f"<table:table-row>{_TITLE.format('date')}{_TITLE.format('views')}</table:table-row>"
