"""What the reader says of real files stands on the Chinese page in Chinese."""

from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage, days, drop, shown, write_csv
from training.history.files import read_history
from training.history.series import HistoryError

FILES = {
    "a gap, a day twice, a remark": "date,views,remark\n2026-11-01,5,a\n2026-11-03,7,b\n2026-11-03,7,b\n",
    "totals and another table": "date,views\n2026-11-01,5\n2026-11-02,7\nTotal,12\n\ncountry,views\nDE,5\n",
    "names alike": "name,date,views\nA,2026-11-01,5\nA,2026-11-02,5\na,2026-11-01,7\na,2026-11-02,7\n",
    "hours": "date,views\n" + "".join(f"2026-11-0{d} {h:02}:00,5\n" for d in (1, 2, 3) for h in range(24)),
    "a word": "date,views\n2026-11-01,many\n",
    "abbreviated": "date,views\n2026-11-01,1.2k\n",
    "no date": "date,views\n2026-11-01,5\nsoon,6\n",
    "either": "date,views\n01/02/2026,5\n03/02/2026,6\n",
    "a week a row": "date,views\n"
    + "".join(f"2026-{m:02}-{d:02},9\n" for m in (6, 9) for d in (1, 8, 15, 22, 29)),
    "too few fields": "date,views\n2026-11-01,5\n2026-11-02\n",
    "two counts": "date,clicks,impressions\n2026-11-01,5,6\n2026-11-02,5,6\n",
    "no header": "a;b\nc;d\n",
    "empty": "",
}
TRANSLATE = """async (sentences) => {
    const { translated } = await import("/assets/sentences.js");
    return sentences.map(translated);
}"""


def sentences_of(path: Path) -> list[str]:
    """What the reader says of a file."""
    try:
        return list(read_history(path).notes)
    except HistoryError as error:
        return [str(error)]


def test_what_the_reader_says_is_said_in_chinese(open_page: OpenPage, tmp_path: Path) -> None:
    sentences = []
    for content in FILES.values():
        path = tmp_path / "views.csv"
        path.write_text(content)
        sentences += sentences_of(path)
    assert len(sentences) >= len(FILES)
    answers = open_page(locale="zh-CN").evaluate(TRANSLATE, sentences)
    left = [answer["words"] for answer in answers if answer["language"] != "zh-CN"]
    assert left == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("2026-11-19", "many"), ("2026-11-20", 5)], 'views.csv，第 2 行，"views" 列："many" 不是数字'),
        ([*days(70), ("2026-11-20", 1234)], "1 行（第 71 行）与后面同一天的行次数不同：略去"),
    ],
    ids=["refused", "mended"],
)
def test_the_place_in_a_file_is_said_in_chinese_too(
    open_page: OpenPage, tmp_path: Path, rows: list[tuple[str, object]], words: str
) -> None:
    page = open_page(locale="zh-CN", expected="422")
    drop(page, write_csv(tmp_path / "views.csv", [("date", "views"), *rows]))
    box = shown(page, "#intake-problem:visible, #notes:visible")
    if page.is_visible("#notes"):
        page.click("#notes-title")
        box = page.inner_text("#notes-list")
    assert words in box
