"""Tables that leave the portal as files: CSV and XLSX, row by row, safe to open in a spreadsheet.

A text that a spreadsheet would read as a formula gets an apostrophe before it: somebody else typed it, and it must not
run on the machine of whoever opens the file. Dates are dates and amounts are numbers. Memory does not grow with rows.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Valeur = str | int | Decimal | date | None
"""What a cell may hold. A day, never an instant: the caller knows which day it is in Paris."""

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
WIDTHS = (12, 48)
"""The narrowest and the widest column, in characters."""
MEASURED = 200
"""How many rows are looked at to choose the widths: those of a sheet are written before its rows."""


def inert(text: str) -> str:
    """The text without what no file may hold, and with an apostrophe before it when it could be read as a formula."""
    kept = _CONTROL.sub("", text)
    return f"'{kept}" if FORMULA.match(kept) else kept


def write_csv(entetes: Sequence[str], rows: Iterable[Sequence[Valeur]], *, into: IO[bytes]) -> None:
    """UTF-8 with its mark and semicolons, what spreadsheets open at once in France; days as 14/11/2026."""
    text = io.TextIOWrapper(into, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(entete) for entete in entetes])
    writer.writerows([_for_csv(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _for_csv(value: Valeur) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return inert(value) if isinstance(value, str) else _number(value)


def _number(value: int | Decimal) -> str:
    """Without thousands; cents only if there are any, after a comma."""
    whole = value == int(value)
    return str(int(value)) if whole else f"{value:.2f}".replace(".", ",")


def write_xlsx(entetes: Sequence[str], rows: Iterable[Sequence[Valeur]], *, into: IO[bytes], titre: str) -> None:
    """One sheet: bold headings that stay in sight, real dates and numbers. `titre` names the sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", titre)[:31])
    sheet.freeze_panes = "A2"
    remaining = iter(rows)
    first = list(islice(remaining, MEASURED))
    for rank, column in enumerate(zip(entetes, *first, strict=True), start=1):
        longest = max(10 if isinstance(value, date) else len(str(value or "")) for value in column)
        sheet.column_dimensions[get_column_letter(rank)].width = min(max(longest + 2, WIDTHS[0]), WIDTHS[1])
    sheet.append([_heading(sheet, entete) for entete in entetes])
    for row in chain(first, remaining):
        sheet.append([_for_xlsx(sheet, value) for value in row])
    book.save(into)


def _heading(sheet: Any, entete: str) -> Any:
    cell = WriteOnlyCell(sheet, value=inert(entete))
    cell.font = Font(bold=True)
    return cell


def _for_xlsx(sheet: Any, value: Valeur) -> Any:
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "dd/mm/yyyy"
        return cell
    return inert(value) if isinstance(value, str) else value
