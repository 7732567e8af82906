"""Text as people type it and as the law spells it: compare, sort and search without accents, hyphens or case."""

import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def normalise(text: str) -> str:
    """Lower case, no accent, no ligature; whatever is not a letter or a digit becomes one space.

    « L’Haÿ-les-Roses » gives "l hay les roses": only letters, digits and single spaces are left, so that the words
    can be put in a search expression as they are.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS))
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def typographic(text: str) -> str:
    """The name with the apostrophe and the quotation marks of French typography."""
    opened = False
    letters = []
    for letter in text.replace("'", "’"):
        if letter == '"':
            opened = not opened
            letter = "«\N{NO-BREAK SPACE}" if opened else "\N{NO-BREAK SPACE}»"
        letters.append(letter)
    return "".join(letters)
