"""The calendar that is drawn: everything inside, no word on another, each date in the table once."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect

from dossiers.views.timeline import LANES, WIDTHS, Drawing, Item, Period, Timeline, timeline

TODAY = date(2026, 11, 24)
NEAR = st.dates(date(2026, 9, 1), date(2027, 3, 1))
FAR = st.dates(date(2020, 1, 1), date(2035, 1, 1))
LABELS = st.sampled_from(
    ["Dépôt", "Avis de la CPAM de la Haute-Garonne rendu", "WWWWWWWWWWWWWWWWWWWWWWWW", "é" * 80, ""]
)


def items(days: st.SearchStrategy[date], most: int = 40) -> st.SearchStrategy[list[Item]]:
    return st.lists(st.builds(Item, days, LABELS, st.sampled_from(["done", "coming"])), max_size=most)


def periods(days: st.SearchStrategy[date]) -> st.SearchStrategy[list[Period]]:
    ends = st.one_of(st.none(), st.integers(0, 2500))
    return st.lists(
        st.builds(
            lambda start, length, label, state: Period(
                label, start, None if length is None else start + timedelta(days=length), state, "en cours"
            ),
            days, ends, LABELS, st.sampled_from(["running", "suspended", "over", "coming"]),
        ),
        max_size=6,
    )  # fmt: skip


def drawing(some: list[Item], *, today: date = TODAY, spans: Sequence[Period] = ()) -> Drawing:
    """The narrow one."""
    return timeline(some, today=today, periods=spans).drawings[0]


def check(whole: Timeline) -> None:
    assert [drawn.name for drawn in whole.drawings] == list(WIDTHS)
    for drawn in whole.drawings:
        check_drawing(drawn)


def check_drawing(drawn: Drawing) -> None:
    width = WIDTHS[drawn.name]
    flags, bars = drawn.flags, drawn.bars
    named = [flag for flag in flags if flag.lane is not None]
    # Inside.
    assert all(0 <= flag.start <= flag.x <= flag.end <= width for flag in flags)
    assert all(0 <= flag.top < flag.top + 34 <= drawn.axis <= drawn.height for flag in named)
    assert all(0 <= bar.x < bar.end <= width + 0.01 and bar.y + 24 < drawn.height for bar in bars)
    assert all(bar.text_x >= 0 and bar.text_x + bar.text_width <= width for bar in bars)
    assert all(0 <= tick.x <= width for tick in drawn.ticks)
    # In order.
    assert [flag.x for flag in flags] == sorted(flag.x for flag in flags)
    assert [tick.x for tick in drawn.ticks] == sorted(tick.x for tick in drawn.ticks)
    # No word on another, no pole through a word.
    for n, flag in enumerate(named):
        for other in named[n + 1 :]:
            assert flag.lane != other.lane or flag.end <= other.start or other.end <= flag.start
            assert not flag.start < other.x < flag.end or other.lane < flag.lane
            assert not other.start < flag.x < other.end or flag.lane < other.lane
        assert flag.lane < LANES
    assert all(b.x - a.x >= 46 for a, b in zip(drawn.ticks, drawn.ticks[1:], strict=False))
    for n, bar in enumerate(bars):
        for other in bars[n + 1 :]:
            assert (
                other.y != bar.y
                or max(bar.end, bar.text_x + bar.text_width) <= min(other.x, other.text_x)
                or max(other.end, other.text_x + other.text_width) <= min(bar.x, bar.text_x)
            )
    # Today is named, whatever the crowd.
    assert [flag.lane is not None for flag in flags if flag.kind == "today"] == [True]


@given(items(NEAR), periods(NEAR))
@settings(max_examples=150)
def test_a_crowded_file_overlaps_nowhere(some: list[Item], spans: list[Period]) -> None:
    drawn = timeline(some, today=TODAY, periods=spans)
    check(drawn)
    assert sorted(drawn.items, key=id) == sorted(some, key=id)
    assert [item.day for item in drawn.items] == sorted(item.day for item in some)


@given(items(FAR), periods(FAR), FAR)
@settings(max_examples=150)
def test_years_apart_overlap_nowhere_either(some: list[Item], spans: list[Period], today: date) -> None:
    check(timeline(some, today=today, periods=spans))


def test_one_date_is_drawn_with_today() -> None:
    drawn = timeline([Item(date(2026, 12, 8), "Dernier jour", "coming")], today=TODAY)
    assert [(flag.kind, flag.label) for flag in drawn.drawings[0].flags] == [
        ("today", "Aujourd’hui"),
        ("coming", "Dernier jour"),
    ]
    assert drawn.description == (
        "1 date, le 8 décembre 2026. 1 à venir\u00a0; la prochaine, le 8 décembre 2026\u00a0: Dernier jour."
    )


def test_nothing_is_drawn_as_today_alone() -> None:
    drawn = timeline([], today=TODAY)
    check(drawn)
    assert (len(drawn.drawings[0].flags), drawn.description) == (1, "Aucune date.")


def test_several_of_one_day_share_a_flag_and_keep_their_rows() -> None:
    some = [Item(date(2026, 10, 8), label, "done") for label in ("Dépôt", "Accusé", "Avis")]
    drawn = timeline(some, today=TODAY)
    assert [(flag.when, flag.label) for flag in drawn.drawings[0].flags] == [
        ("8\u00a0oct. (+\u00a02)", "Dépôt"),
        ("24\u00a0nov.", "Aujourd’hui"),
    ]
    assert [item.label for item in drawn.items] == ["Dépôt", "Accusé", "Avis"]


def test_what_a_day_still_holds_gives_its_shape() -> None:
    day = date(2026, 12, 8)
    drawn = drawing([Item(day, "Avis", "done"), Item(day, "Dernier jour", "coming")])
    assert [flag.kind for flag in drawn.flags] == ["today", "coming"]


def test_what_falls_today_is_todays_flag() -> None:
    drawn = drawing([Item(TODAY, "Séance", "today")])
    assert [(flag.when, flag.label) for flag in drawn.flags] == [("Aujourd’hui, 24\u00a0nov.", "Séance")]


def test_years_without_anything_are_cut_and_the_rest_keeps_its_room() -> None:
    near = [Item(date(2026, 9, 1) + timedelta(days=20 * n), f"Étape {n}", "done") for n in range(5)]
    drawn = drawing([*near, Item(date(2032, 1, 31), "Terme", "coming")])
    assert len(drawn.cuts) == 1
    assert drawn.flags[4].x > WIDTHS["etroit"] / 3
    assert {tick.year for tick in drawn.ticks} <= {"", "2026", "2032"}
    alone = drawing([Item(date(2032, 1, 31), "Terme", "coming")], today=date(2026, 11, 1))
    assert alone.cuts == ()


def test_the_axis_says_the_year_where_it_changes() -> None:
    drawn = drawing([Item(date(2026, 10, 8), "Dépôt", "done"), Item(date(2027, 2, 8), "Signature", "coming")])
    assert [(tick.month, tick.year) for tick in drawn.ticks][:5] == [
        ("oct.", "2026"), ("nov.", ""), ("déc.", ""), ("janv.", "2027"), ("févr.", ""),
    ]  # fmt: skip
    assert drawn.flags[0].when == "8\u00a0oct.\u00a02026"


def test_forty_dates_in_three_months_are_all_marked_and_what_has_no_words_is_counted() -> None:
    some = [Item(date(2026, 10, 1) + timedelta(days=2 * n), f"Événement numéro {n}", "done") for n in range(40)]
    check(timeline(some, today=TODAY))
    drawn = drawing(some)
    assert len(drawn.flags) == 40  # one of them falls today
    assert 20 < drawn.unnamed < 40


def test_words_that_find_no_room_on_the_right_of_their_pole_stand_on_its_left() -> None:
    crowd = [Item(date(2026, 11, 10) + timedelta(days=4 * n), "Avis de la caisse", "done") for n in range(5)]
    drawn = drawing([Item(date(2026, 6, 1), "Dépôt", "done"), *crowd], today=date(2026, 11, 27))
    check_drawing(drawn)
    assert [flag.leftward for flag in drawn.flags] == [False, True, False, False, False, False, False]
    assert drawn.unnamed == 0


def test_words_are_whole_where_nobody_else_wants_the_room() -> None:
    long = "Avis de la caisse primaire d’assurance maladie rendu"
    alone = drawing([Item(date(2026, 11, 2), long, "done")])
    assert alone.flags[0].label == long
    followed = [Item(date(2026, 11, 2), long, "done"), Item(date(2026, 11, 5), long, "done")]
    assert [flag.label[-1] for flag in drawing(followed, today=date(2026, 11, 8)).flags[:2]] != ["…", "…"]


def test_overlapping_periods_are_on_rows_of_their_own() -> None:
    spans = [
        Period("Instruction", date(2026, 10, 8), date(2026, 12, 8), "running", "délai en cours"),
        Period("Pièces", date(2026, 10, 20), date(2026, 11, 3), "suspended", "suspendu"),
        Period("Contrat", date(2026, 12, 9), None, "coming", "non commencé"),
    ]
    drawn = drawing([], spans=spans)
    assert len({bar.y for bar in drawn.bars[:2]}) == 2
    assert [(bar.text, bar.open) for bar in drawn.bars] == [
        ("Instruction\u00a0: délai en cours", False),
        ("Pièces\u00a0: suspendu", False),
        ("Contrat\u00a0: non commencé", True),
    ]


class _Rows(HTMLParser):
    """The first cell of each row of the bodies of tables."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.identifiers: list[str] = []
        self._reading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.identifiers += [value for name, value in attrs if name == "id" and value]
        self._reading = tag == "th" and ("scope", "row") in attrs

    def handle_data(self, data: str) -> None:
        if self._reading:
            self.heads.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._reading = False


def test_each_date_is_in_the_table_once_and_what_is_typed_is_escaped() -> None:
    some = [Item(date(2026, 10, n), "<b>Dépôt</b>", "done") for n in (1, 2, 2, 3)]
    spans = [Period("Instruction", date(2026, 10, 8), None, "running", "")]
    drawn = timeline(some, today=TODAY, periods=spans)
    text = render_to_string("components/timeline_figure.html", {"chronologie": drawn, "titre": "Dates", "cle": "un"})
    rows = _Rows()
    rows.feed(text)
    assert rows.heads == ["1er octobre 2026", "2 octobre 2026", "2 octobre 2026", "3 octobre 2026", "Instruction"]
    assert rows.identifiers == [
        "un-titre",
        *(f"un-{name}-{kind}" for name in WIDTHS for kind in ("nom", "desc")),
    ]
    assert "<b>" not in text
    assert "style=" not in text


# --- In a browser -----------------------------------------------------------------------------------

OVERLAPS = """() => [...document.querySelectorAll('.timeline-svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent)
    .map(t => [t.textContent, t.getBoundingClientRect()]);
  const out = boxes.filter(([, b]) => b.left < frame.left - 12 || b.right > frame.right + 1 || b.top < frame.top
    || b.bottom > frame.bottom).map(([t]) => `out: ${t}`);
  return out.concat(boxes.flatMap(([t, a], n) => boxes.slice(n + 1).filter(([, b]) =>
    a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom).map(([u]) => `${t} / ${u}`)));
})"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [768, 1280])
def test_in_a_real_browser_no_word_is_on_another(open_context: Callable[..., BrowserContext], width: int) -> None:
    page: Page = open_context(viewport={"width": width, "height": 900}).new_page()
    page.goto("/composants/")
    shown = [page.locator(f".timeline-drawing.{name}").first.is_visible() for name in WIDTHS]
    assert shown == [width == 768, width == 1280]
    assert page.locator(".timeline-list").first.is_hidden()
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_the_dates_are_a_list(open_context: Callable[..., BrowserContext]) -> None:
    page: Page = open_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto("/composants/")
    assert [svg.is_visible() for svg in page.locator(".timeline-svg").all()] == [False] * 2
    assert page.locator(".timeline-list").first.locator("ol > li").count() == 7


@pytest.mark.django_db(transaction=True)
def test_a_screen_reader_is_given_the_drawing_as_an_image_and_its_table(page: Page) -> None:
    page.goto("/composants/")
    figure = page.get_by_role("figure", name="Du projet de santé au terme du contrat")
    image = figure.get_by_role("img", name="Du projet de santé au terme du contrat")
    assert image.count() == 1
    figure.get_by_text("Voir les dates en tableau").click()
    expect(figure.get_by_role("row")).to_have_count(8 + 4)
