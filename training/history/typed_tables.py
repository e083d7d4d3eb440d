"""Tables with typed cells: each cell becomes a text. Reading them needs optional packages."""

from datetime import date, datetime
from importlib import import_module
from types import ModuleType
from typing import IO, Any

from training.history.json_tables import cell_text
from training.history.series import HistoryError, shown
from training.history.sheets import CellSheet


def spreadsheet(stream: IO[bytes], file: str) -> list[CellSheet]:
    """Read the sheets of an Excel or OpenDocument workbook with python-calamine."""
    calamine = import_extra("python_calamine", file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(stream)
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (calamine.CalamineError, OSError, ValueError) as error:
        problem = f'the workbook cannot be read ({shown(str(error))}); save it as "CSV UTF-8"'
        raise HistoryError.at(file, None, None, problem) from error
    filled = [(name, rows) for name, rows in sheets if rows]
    return [
        CellSheet(
            [[typed_text(cell) for cell in row] for row in rows],
            file if len(filled) == 1 else f"{file}: {name}",
        )
        for name, rows in filled
    ]


def import_extra(module: str, file: str) -> ModuleType:
    """Import an optional package; when it is not installed, an error names it."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.replace("_", "-")
        problem = f"reading it needs {package}: pip install {package}; or save it as CSV"
        raise HistoryError.at(file, None, None, problem) from error


def typed_text(cell: Any) -> str:
    """Write a cell as a person would."""
    if isinstance(cell, datetime):
        is_midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if is_midnight else cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date) else cell_text(cell)
