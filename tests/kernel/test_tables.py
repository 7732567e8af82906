"""Files that leave the portal: typed, whole, and inert when opened."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from guichet.kernel.tables import Valeur, inert, write_csv, write_xlsx

DANGEROUS = [
    "=1+1",
    "+33 5 61",
    "-2",
    "@SUM(A1)",
    "\tonglet",
    "\rretour",
    "\nligne",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("x")',
]
HARMLESS = ["CPTS des Coteaux", 'Étang; et "Corbières"', "1+1", "a=b", "", "2026-01", "Éa-@"]
ENTETES = ["CPTS", "Montant", "Déposée le"]


def csv_of(rows: list[list[Valeur]]) -> bytes:
    content = io.BytesIO()
    write_csv(ENTETES, rows, into=content)
    return content.getvalue()


def xlsx_of(rows: list[list[Valeur]]) -> list[list[object]]:
    """Each line of the sheet, as cells."""
    content = io.BytesIO()
    write_xlsx(ENTETES, rows, into=content, titre="Lettres [d’intention] / toutes : les lettres reçues")
    content.seek(0)
    return [list(row) for row in load_workbook(content).active.iter_rows()]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_what_no_file_may_hold_is_dropped_before_it_is_judged() -> None:
    assert [inert("\x00=1+1"), inert("a\x0bb\x7f"), inert("deux\nlignes")] == ["'=1+1", "ab", "deux\nlignes"]


def test_a_csv_opens_at_once_in_a_french_spreadsheet() -> None:
    rows: list[list[Valeur]] = [
        ['Étang; "et" mer', Decimal("20000.00"), date(2026, 11, 4)],
        ["=1+1", Decimal("1234.5"), None],
        [None, -3, date(2027, 1, 31)],
    ]
    assert csv_of(rows).decode("utf-8") == (
        '\ufeffCPTS;Montant;Déposée le\r\n"Étang; ""et"" mer";20000;04/11/2026\r\n\'=1+1;1234,50;\r\n;-3;31/01/2027\r\n'
    )


def test_a_sheet_holds_real_dates_and_numbers_and_no_formula() -> None:
    head, first, second = xlsx_of([["=1+1", Decimal("20000.50"), date(2026, 11, 4)], ["Étang", None, None]])
    assert [(cell.value, cell.font.b) for cell in head] == [(entete, True) for entete in ENTETES]
    assert [cell.data_type for cell in first] == ["s", "n", "d"]
    assert [first[0].value, first[1].value, first[2].value.date()] == ["'=1+1", 20000.5, date(2026, 11, 4)]
    assert first[2].number_format == "dd/mm/yyyy"
    assert [cell.value for cell in second] == ["Étang", None, None]


def test_a_sheet_without_rows_keeps_its_headings() -> None:
    assert [[cell.value for cell in row] for row in xlsx_of([])] == [ENTETES]


@pytest.mark.parametrize("write", [write_csv, lambda *args, into: write_xlsx(*args, into=into, titre="Lettres")])
def test_memory_does_not_grow_with_the_rows(write: Callable[..., None], tmp_path) -> None:
    def peak(count: int) -> int:
        rows: Iterator[list[Valeur]] = (["CPTS des Coteaux " * 10, Decimal(n), date(2026, 1, 1)] for n in range(count))
        tracemalloc.start()
        with (tmp_path / "file").open("wb") as content:
            write(ENTETES, rows, into=content)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(4000) < 1.5 * peak(400)
