"""The law's lifecycles: a table of rows and one function that applies a row.

A row says which action leads from which states to which state, who may do it, on which legal basis, and which
guard reads what is recorded, on the legal day of the act. `Lifecycle.apply` is the only place that writes a state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import rules
from django.db import models, transaction
from django.utils import timezone

from guichet.kernel.civil import date_heure
from guichet.kernel.journal import Origine

CLOCK = "horloge"
"""The only actor that is not a person."""


class Actor(Protocol):
    """Who acts: a person, in one capacity."""

    @property
    def user(self) -> Any: ...
    @property
    def qualite(self) -> str: ...


class Refused(Exception):
    """An act the law or the state of the file does not allow; `str()` is a French sentence for the person."""


@dataclass(frozen=True)
class Transition:
    """One row of the law: `target` is None when the action is recorded without changing the state."""

    action: str
    sources: tuple[str, ...]
    target: str | None
    who: str
    basis: str
    label: str
    guard: Callable[[Any, date], str] = lambda obj, le: ""


class Lifecycle:
    """The rows of one object. `parent` names the foreign key locked before the object, so that guards may read it;
    `avec` the keys that guards follow, read with the object in one query.
    """

    def __init__(
        self,
        name: str,
        states: type[models.TextChoices],
        *table: Transition,
        parent: str,
        avec: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.states = states
        self.table = table
        self.parent = parent
        self.avec = avec
        self._by_action = {row.action: row for row in table}
        if len(self._by_action) != len(table):
            raise ValueError(f"{name}: an action has one row, one target")
        known = set(states.values)
        for row in table:
            unknown = {*row.sources, *([row.target] if row.target else [])} - known
            if unknown:
                raise ValueError(f"{name}.{row.action}: unknown states {sorted(unknown)}")

    def row(self, action: str) -> Transition:
        """The row of `action`; KeyError when the law does not know it."""
        return self._by_action[action]

    def refusal(self, obj: Any, action: str, *, by: Actor | None, now: datetime, le: date | None = None) -> str:
        """ "" when `by` may do `action` on `obj`, else a French sentence: right, state, guard.

        The guard judges `le`, the legal day of the act (default: the civil day of `now` in Paris): what was decided on
        paper is judged by its date, not by the day it is typed.
        """
        row = self.row(action)
        if not self._is_allowed(row, obj, by):
            return "Vous n’avez pas le droit de faire cette action sur ce dossier."
        if obj.etat not in row.sources:
            return self._already(obj)
        return row.guard(obj, le or timezone.localdate(now))

    def available(self, obj: Any, *, by: Actor | None, now: datetime) -> list[Transition]:
        """The rows `by` may apply now: the buttons of the page."""
        here = [row for row in self.table if obj.etat in row.sources]
        return [row for row in here if not self.refusal(obj, row.action, by=by, now=now)]

    @transaction.atomic
    def apply(
        self,
        obj: Any,
        action: str,
        *,
        by: Actor | None,
        now: datetime,
        changes: dict[str, Any] | None = None,
        effect_on: date | None = None,
        motif: str = "",
        origine: str = Origine.PORTAIL,
        donnees: dict[str, Any] | None = None,
    ) -> Any:
        """Lock, judge again, write the event, then state and `changes` in one UPDATE; return the event.

        `obj` is refreshed with what was written. Raises `Refused` with a French sentence when the row does not apply.
        `effect_on` is the legal day (default: the civil day of `now` in Paris).
        """
        locked = self.lock(obj)
        row = self.row(action)
        reason = self.refusal(locked, action, by=by, now=now, le=effect_on)
        if reason:
            raise Refused(reason)
        source = locked.etat
        event = self._event(
            obj, row, source, by=by, now=now, le=effect_on, motif=motif, origine=origine, donnees=donnees
        )
        event.save(force_insert=True)
        written = {**(changes or {}), "etat": row.target or source}
        type(obj)._default_manager.filter(pk=obj.pk).update(**written)
        for name, value in written.items():
            setattr(obj, name, value)
        return event

    def apply_lot(
        self,
        locked: Sequence[Any],
        action: str,
        *,
        now: datetime,
        le: Callable[[Any], date],
        motif: str = "",
        changes: dict[str, Any] | None = None,
    ) -> list[tuple[Any, Any]]:
        """The same by the clock on many rows that `lock_lot` just returned, each at its legal day `le`: one INSERT, one
        UPDATE. Returns each with its event; a row that refuses is left out, as it is.
        """
        row = self.row(action)
        days = {obj.pk: le(obj) for obj in locked}
        kept = [obj for obj in locked if not self.refusal(obj, action, by=None, now=now, le=days[obj.pk])]
        if not kept:
            return []
        events = [self._event(obj, row, obj.etat, by=None, now=now, le=days[obj.pk], motif=motif) for obj in kept]
        type(events[0])._default_manager.bulk_create(events)
        written = {**(changes or {}), **({"etat": row.target} if row.target else {})}
        if written:
            type(kept[0])._default_manager.filter(pk__in=[obj.pk for obj in kept]).update(**written)
        for obj in kept:
            for name, value in written.items():
                setattr(obj, name, value)
        return list(zip(kept, events, strict=True))

    def _event(
        self,
        obj: Any,
        row: Transition,
        source: str,
        *,
        by: Actor | None,
        now: datetime,
        le: date | None,
        motif: str = "",
        origine: str = Origine.PORTAIL,
        donnees: dict[str, Any] | None = None,
    ) -> Any:
        """The line of the journal, not written yet."""
        relation = type(obj)._meta.get_field("evenements")
        return relation.related_model(
            **{relation.remote_field.name: obj},
            action=row.action,
            source=source,
            cible=row.target or source,
            acteur=by.user if by else None,
            qualite=by.qualite if by else "Horloge du portail",
            recorded_at=now,
            prend_effet_le=le or timezone.localdate(now),
            fondement=row.basis,
            origine=origine if by else Origine.HORLOGE,
            motif=motif,
            donnees=donnees or {},
        )

    def lock(self, obj: Any) -> Any:
        """Lock the parent, then the object, and return the object as the database has it."""
        return self.lock_lot([obj])[0]

    def lock_lot(self, objs: Sequence[Any], *parents_avec: str) -> list[Any]:
        """Lock the parents, then the objects, always in the order of their keys; return the objects, in that order, as
        the database has them, each with its parent (and the keys of it named in `parents_avec`). Two queries.
        """
        model = type(objs[0])
        field = model._meta.get_field(self.parent)
        held = field.related_model._default_manager.select_for_update(no_key=True, of=("self",))
        held = held.select_related(*parents_avec) if parents_avec else held
        parents = {each.pk: each for each in _by_key(held, [getattr(obj, field.attname) for obj in objs])}
        rows = model._default_manager.select_for_update(no_key=True, of=("self",))
        rows = rows.select_related(*self.avec) if self.avec else rows
        locked = _by_key(rows, [obj.pk for obj in objs])
        for each in locked:
            setattr(each, self.parent, parents[getattr(each, field.attname)])
        return locked

    def pairs(self) -> list[tuple[str, str]]:
        """Every (from, to) the law knows: feeds the database trigger, the diagram and docs/cycles.md."""
        return sorted({(s, row.target) for row in self.table for s in row.sources if row.target and s != row.target})

    def markdown(self) -> str:
        """The table and its Mermaid diagram, for docs/cycles.md."""
        lines = [
            f"## {self.name}",
            "",
            "States: " + " · ".join(f"`{value}` {label}" for value, label in self.states.choices),
            "",
        ]
        lines += ["| action | from | to | who | basis |", "|---|---|---|---|---|"]
        for row in self.table:
            lines.append(f"| {row.action} | {', '.join(row.sources)} | {row.target or '—'} | {row.who} | {row.basis} |")
        lines += ["", "```mermaid", "stateDiagram-v2", f"    [*] --> {self.states.values[0]}"]
        for row in self.table:
            for source in row.sources:
                if row.target and source != row.target:
                    lines.append(f"    {source} --> {row.target}: {row.action}")
        return "\n".join([*lines, "```", ""])

    def _is_allowed(self, row: Transition, obj: Any, by: Actor | None) -> bool:
        if row.who == CLOCK:
            return by is None
        return by is not None and bool(rules.test_rule(row.who, by, obj))

    def _already(self, obj: Any) -> str:
        state = self.states(obj.etat).label
        moved = obj.evenements.exclude(source=models.F("cible"))
        last = moved.order_by("-recorded_at", "-id").first()
        if last is None:
            return f"Cette action n’est pas possible\u00a0: l’état actuel est «\u00a0{state}\u00a0»."
        return (
            f"Cette action n’est plus possible\u00a0: l’état est «\u00a0{state}\u00a0» "
            f"depuis le {date_heure(last.recorded_at)} ({last.qualite})."
        )


def _by_key(rows: models.QuerySet[Any], keys: Sequence[Any]) -> list[Any]:
    """Those rows, in the order of their keys; the model's DoesNotExist when one of them is not there."""
    wanted = sorted(set(keys))
    found = [rows.order_by().get(pk=wanted[0])] if len(wanted) == 1 else list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise rows.model.DoesNotExist(f"{len(wanted) - len(found)} of {len(wanted)} rows are not there")
    return found
