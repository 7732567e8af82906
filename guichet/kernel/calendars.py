"""Calendars in the iCalendar format (RFC 5545, RFC 7986): written here and nowhere else.

A `Jalon` is a day that matters, with the page that says more. It is a legal day in Paris, never an hour: an all-day
event, that makes nobody busy, private, without an alarm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import CLASS, TRANSP, Calendar, Event

from guichet.kernel.civil import ONE_DAY

PRODUCT = "-//Guichet CPTS//Agenda//FR"
REREAD_EVERY = timedelta(hours=6)
"""What a calendar is asked to wait between two readings; some wait a whole day."""


@dataclass(frozen=True, kw_only=True)
class Jalon:
    """`cle` names the fact for ever: moved, it is the same event. `rang` never falls and grows when it moves,
    `modifie_at` says when it last did. `url` is the path of its page.
    """

    cle: str
    le: Day
    titre: str
    phrase: str
    url: str
    categorie: str
    modifie_at: datetime
    rang: int = 0


def write_calendar(jalons: Iterable[Jalon], *, cle: str, nom: str, site: str, now: datetime) -> bytes:
    """The calendar named `nom`, in the order given. `site` is the address of the portal, `cle` the key of this one."""
    host = urlsplit(site).hostname
    calendar = Calendar.new(prodid=PRODUCT, method="PUBLISH", calscale="GREGORIAN", uid=f"{cle}@{host}", name=nom)
    calendar.add("REFRESH-INTERVAL", REREAD_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", f"PT{REREAD_EVERY // timedelta(hours=1)}H")
    for jalon in jalons:
        page = f"{site.rstrip('/')}{jalon.url}"
        event = Event.new(
            uid=f"{jalon.cle}@{host}",
            start=jalon.le,
            end=jalon.le + ONE_DAY,
            summary=jalon.titre,
            description=f"{jalon.phrase}\n{page}",
            url=page,
            categories=[jalon.categorie],
            classification=CLASS.PRIVATE,
            transparency=TRANSP.TRANSPARENT,
            stamp=now.replace(microsecond=0),
            last_modified=jalon.modifie_at.replace(microsecond=0),
            sequence=jalon.rang,
        )
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
