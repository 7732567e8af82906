"""Conditions of the database's triggers."""

from functools import reduce
from operator import or_

import pgtrigger


def state_follows_journal(journal: str, key: str) -> pgtrigger.Trigger:
    """A state changes only after its line of the journal was written: seen from the table `journal`, whose column `key`
    names the object, the new state was entered once more than it was left. The first state is never entered.
    """
    return pgtrigger.Trigger(
        name="etat_suit_son_journal",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=changed("etat"),
        func=f"""
            IF 1 <> (
                SELECT count(*) FILTER (WHERE cible = NEW.etat) - count(*) FILTER (WHERE source = NEW.etat)
                FROM {journal} WHERE {key} = NEW.id
            ) THEN
                RAISE EXCEPTION 'Un état ne change que par une ligne de son journal.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def changed(*columns: str) -> pgtrigger.Q:
    """An UPDATE that changes one of these columns (a foreign key by its column: `dossier_id`); combines with `Q`."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in columns))
