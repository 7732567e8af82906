"""Conditions of the database's triggers."""

from functools import reduce
from operator import or_

import pgtrigger


def changed(*columns: str) -> pgtrigger.Q:
    """An UPDATE that changes one of these columns (a foreign key by its column: `dossier_id`); combines with `Q`."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in columns))
