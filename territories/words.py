"""The words under which a commune or an EPCI is found, and the search expression of what a person types."""

import re
from collections.abc import Iterable

from guichet.kernel.text import normalise

MAX_CHARACTERS = 100
MAX_WORDS = 8
_FORM = re.compile(r"^(cc|ca|cu) ((de la|de l|du|des|de|d|la|les|le|l) )?(?=.)")
_ORDINAL = re.compile(r"^(\d{1,2})(er|ere|e|eme|ieme)?$")
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def commune_words(nom: str, departement: str, codes_postaux: Iterable[str]) -> tuple[str, list[str]]:
    """The normalised name, and the words: those of the name, its number for an arrondissement, code of the
    département, postcodes."""
    name = normalise(nom)
    words = name.split()
    numbers = [match[1] for word in words if (match := _ORDINAL.match(word))]
    return name, [*words, *numbers, normalise(departement), *codes_postaux]


def epci_name(nom: str) -> str:
    """The normalised name without its legal form: « CC de la Lozère du Sud » gives "lozere du sud"."""
    return _FORM.sub("", normalise(nom))


def epci_words(nom: str, forme: str) -> list[str]:
    """The words of the name and of the legal form in full."""
    return [*normalise(nom).split(), *normalise(forme).split()]


def expression(texte: str) -> str:
    """The tsquery of a text: every word is the beginning of a word, in any order. Empty when there is no word.

    A number of one or two digits (an arrondissement, a département) and a text of a single letter are whole words;
    « St » is also « Saint ».
    """
    words = _words(texte)
    if len(words) == 1 and len(words[0]) == 1:
        return _quoted(words[0])
    return " & ".join(_term(word) for word in words)


def written_out(texte: str) -> str:
    """The normalised text, « St » written « Saint »; the last word is left: it may be the beginning of another."""
    words = _words(texte)
    return " ".join([*(_ABBREVIATIONS.get(word, word) for word in words[:-1]), *words[-1:]])


def _words(texte: str) -> list[str]:
    """The first words: what a person types is short, and PostgreSQL refuses a word of two thousand bytes."""
    return [word[:MAX_CHARACTERS] for word in normalise(texte[:MAX_CHARACTERS]).split()[:MAX_WORDS]]


def _term(word: str) -> str:
    if ordinal := _ORDINAL.match(word):
        return _quoted(ordinal[1])
    if full := _ABBREVIATIONS.get(word):
        return f"({_quoted(word)}:* | {_quoted(full)}:*)"
    return f"{_quoted(word)}:*"


def _quoted(word: str) -> str:
    return f"'{word}'"
