"""The growth of a page is that of its share of the yardstick."""

import pytest

from bench.growth import BAR, Median, compare, table


def test_what_slows_the_whole_machine_is_not_growth():
    (row,) = compare({"liste": Median(20, 5)}, {"liste": Median(44, 10)})

    assert row["croissance"] == 1.1
    assert row["croissance_brute"] == 2.2
    assert row["tenu"] is True


def test_pages_that_grow_beyond_the_bar_come_first_and_are_marked():
    few = {"accueil": Median(10, 5), "liste": Median(10, 5), "absente": Median(10, 5)}
    many = {"accueil": Median(10, 5), "liste": Median(13, 5)}

    rows = compare(few, many)

    assert [(row["page"], row["tenu"]) for row in rows] == [("liste", False), ("accueil", True)]
    assert [line[-1] for line in table(rows).splitlines()] == ["!", " "]


@pytest.mark.parametrize(("page_ms", "kept"), [(12.0, True), (12.1, False)])
def test_the_bar_is_kept_up_to_one_fifth_more(page_ms, kept):
    (row,) = compare({"liste": Median(10, 5)}, {"liste": Median(page_ms, 5)})

    assert row["tenu"] is kept
    assert BAR == 1.2
