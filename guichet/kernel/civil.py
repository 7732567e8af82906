"""The civil calendar of France: days in Paris, months, public holidays, working days, dates in words.

Pure: no clock, no database. `kernel/deadlines.py` decides rights with it; nothing else adds months.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)
SATURDAY = 5
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def civil_day(instant: datetime) -> date:
    """The day it is in Paris at `instant`: 23:59:59 counts that day, 00:00:00 the next.

    Refuses an instant without a time zone: it has no day.
    """
    if instant.utcoffset() is None:
        raise ValueError("Cet instant n’a pas de fuseau horaire\u00a0: son jour est inconnu.")
    return instant.astimezone(PARIS).date()


def heure(instant: datetime) -> str:
    """ "9 h 05": the hour it is in Paris, with spaces that do not break."""
    local = instant.astimezone(PARIS)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}"


def date_heure(instant: datetime) -> str:
    """ "14 novembre 2026 à 9 h 05", in Paris."""
    return f"{date_longue(civil_day(instant))} à {heure(instant)}"


def read_day(text: str) -> date:
    """The day written `2026-09-14`. Refuses, with a French sentence, another writing and a day no calendar has."""
    if not ISO_DAY.fullmatch(text):
        raise ValueError(f"Le jour «\u00a0{text}\u00a0» n’est pas lisible. Écrivez par exemple 2026-09-14.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"Le jour {text} n’existe pas.") from error


def add_months(origin: date, months: int) -> date:
    """The same day of the month, `months` later (or earlier if negative), from midnight to midnight.

    The last day of the month when that day does not exist in it. Always call it from the origin of
    the period: chained calls lose days (31 January, 28 February, 28 March).
    """
    year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(origin.day, last))


def date_longue(day: date) -> str:
    """`14 novembre 2026`, `1er mars 2026`."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MOIS[day.month - 1]} {day.year}"


def est_ferie(day: date) -> bool:
    """True on one of the eleven public holidays common to the whole of France.

    The two further holidays of Alsace-Moselle are not among them.
    """
    return day in jours_feries(day.year)


def est_ouvre(day: date) -> bool:
    """True from Monday to Friday, public holidays excepted."""
    return day.weekday() < SATURDAY and not est_ferie(day)


def jour_ouvre_apres(day: date, rank: int) -> date:
    """The `rank`-th working day strictly after `day` (rank 1: the next one)."""
    if rank < 1:
        raise ValueError("Le nombre de jours ouvrés doit être d’au moins un.")
    while rank:
        day += ONE_DAY
        rank -= est_ouvre(day)
    return day


@lru_cache(maxsize=64)
def jours_feries(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    easter = easter_sunday(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    monday, ascension, whit_monday = (easter + timedelta(days=days) for days in (1, 39, 50))
    return frozenset({date(year, month, day) for month, day in fixed} | {monday, ascension, whit_monday})


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar (algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leaps, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - year_rest) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
