"""The filters of French writing, in templates."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.civil import PARIS
from portal.templatetags.francais import date_heure, date_longue, euros, heure, nombre, pluriel, typo

NB = "\u00a0"
NNB = "\u202f"


def test_the_filters_need_no_load_tag():
    template = Template(
        "{{ montant|euros }}|{{ le|date_longue }}|{{ at|date_heure }}|{{ at|heure }}|{{ n|nombre }} "
        '{{ n|pluriel:"commune,communes" }}|{{ texte|typo }}'
    )
    page = template.render(
        Context(
            {
                "montant": Decimal("12500.5"),
                "le": date(2026, 3, 1),
                "at": datetime(2026, 11, 14, 13, 32, tzinfo=UTC),
                "n": 4446,
                "texte": "Qui est « là » ?",
            }
        )
    )
    assert page == (
        f"12{NB}500,50{NB}€|1er mars 2026|14 novembre 2026 à 14{NB}h{NB}32|14{NB}h{NB}32|4{NB}446 communes|"
        f"Qui est «{NB}là{NB}»{NB}?"
    )


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_value_shows_nothing(empty):
    assert [euros(empty), nombre(empty), date_longue(empty), heure(empty), date_heure(empty), typo(empty)] == [""] * 6


def test_zero_is_a_value():
    assert (euros(0), nombre(0)) == (f"0{NB}€", "0")


def test_an_instant_is_shown_in_paris_in_summer_and_in_winter():
    summer, winter = datetime(2026, 7, 13, 22, 5, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    assert date_heure(summer) == f"14 juillet 2026 à 0{NB}h{NB}05"
    assert date_heure(winter) == f"31 décembre 2026 à 23{NB}h{NB}59"
    assert date_longue(summer) == "14 juillet 2026"
    assert heure(datetime(2026, 1, 1, 9, 0, tzinfo=PARIS)) == f"9{NB}h{NB}00"


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "commune"),
        (1, "commune"),
        (2, "communes"),
        (-1, "commune"),
        (-2, "communes"),
        (Decimal("1.9"), "commune"),
        (Decimal("2"), "communes"),
        ([], "commune"),
        (["a"], "commune"),
        (["a", "b"], "communes"),
        (None, "commune"),
    ],
)
def test_the_plural_begins_at_two(count, word):
    assert pluriel(count, "commune,communes") == word


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bonjour !", f"Bonjour{NB}!"),
        ("Bonjour!", f"Bonjour{NB}!"),
        (f"Bonjour{NNB}!", f"Bonjour{NB}!"),
        (f"Bonjour{NB}!", f"Bonjour{NB}!"),
        ("Bonjour  !", f"Bonjour{NB}!"),
        ("Vraiment ?!", f"Vraiment{NB}?!"),
        ("Vraiment?! Oui", f"Vraiment{NB}?! Oui"),
        ("Objet : la suite ; la fin", f"Objet{NB}: la suite{NB}; la fin"),
        ("Objet: la suite; la fin", f"Objet{NB}: la suite{NB}; la fin"),
        ("(vraiment ?)", f"(vraiment{NB}?)"),
        ("fini): oui", f"fini){NB}: oui"),
        ("« mot »", f"«{NB}mot{NB}»"),
        ("«mot»", f"«{NB}mot{NB}»"),
        ("«»", f"«{NB}»"),
        ("«  »", f"«{NB}»"),
        ("« mot »: suite", f"«{NB}mot{NB}»{NB}: suite"),
        ("« mot ? »", f"«{NB}mot{NB}?{NB}»"),
        ("75 % et 12,5%", f"75{NB}% et 12,5{NB}%"),
        ("50 € ou 50€ ?", f"50{NB}€ ou 50{NB}€{NB}?"),
        ("100%sûr", "100%sûr"),
        ("à 14:32", "à 14:32"),
        ("à 14:32 :", f"à 14:32{NB}:"),
        ("https://exemple.fr/?a=1;b=2!", "https://exemple.fr/?a=1;b=2!"),
        ("voir https://exemple.fr/?a=1 !", f"voir https://exemple.fr/?a=1{NB}!"),
        ("mailto:a@exemple.fr?subject=x;", "mailto:a@exemple.fr?subject=x;"),
        ("R&amp; D &nbsp; fin", "R&amp; D &nbsp; fin"),
        ("&#x27; ok", "&#x27; ok"),
        ('<a href="x; y: z">mot</a> :', f'<a href="x; y: z">mot</a>{NB}:'),
        ("<b>mot:</b> suite", f"<b>mot{NB}:</b> suite"),
        ("ligne\n: suite", "ligne\n: suite"),
        ("un\n\ndeux :", f"un\n\ndeux{NB}:"),
        ("", ""),
        ("rien à changer, vraiment.", "rien à changer, vraiment."),
        ("a:b ?c", "a:b ?c"),
    ],
)
def test_non_breaking_spaces_stand_where_french_wants_them(typed, printed):
    assert typo(typed) == printed


@given(st.text(alphabet="ab1 :;?!«»%€.\n\u00a0"))
def test_a_text_already_spaced_does_not_change(text):
    once = typo(text)
    assert typo(once) == once


@given(st.text())
def test_only_spaces_ever_change(text):
    spaces = str.maketrans("", "", f" {NB}{NNB}")
    assert typo(text).translate(spaces) == text.translate(spaces)


@pytest.mark.parametrize("pattern", [" ", "<", "&a", "a:", "«", " !", "a", "5 ", "!?"])
def test_a_very_long_text_takes_no_longer_than_its_length(pattern):
    start = time.perf_counter()
    typo(pattern * 50_000)
    assert time.perf_counter() - start < 2


def test_a_typed_text_stays_escaped_and_a_safe_one_stays_safe():
    template = Template("{{ texte|typo }}")
    assert template.render(Context({"texte": "<i>oui</i> !"})) == f"&lt;i&gt;oui&lt;/i&gt;{NB}!"
    safe = template.render(Context({"texte": mark_safe("<i>oui</i> !")}))
    assert (safe, isinstance(safe, SafeString)) == (f"<i>oui</i>{NB}!", True)
