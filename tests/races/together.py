"""Acts done at the same instant, each in its own thread and on its own connection; and going back to a draft."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from guichet.kernel.lifecycle import Refused

Act = Callable[[], Any]
PATIENCE = 20.0


class Together:
    """`together(act, act)`: what each gave, in their order. A refusal is given as its sentence, in a `Refused`.

    Any other exception goes through: a deadlock or a broken constraint is a fault, not an answer.
    """

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)
        self._size = size

    def __call__(self, *acts: Act) -> list[Any]:
        start = threading.Barrier(len(acts))

        def run(act: Act) -> Any:
            start.wait(PATIENCE)
            try:
                return act()
            except Refused as refused:
                return refused

        return [future.result(PATIENCE) for future in [self._pool.submit(run, act) for act in acts]]

    def close(self) -> None:
        """Close the connection of each thread, then the threads."""
        last = threading.Barrier(self._size)

        def leave() -> None:
            last.wait(PATIENCE)
            connection.close()

        for future in [self._pool.submit(leave) for _ in range(self._size)]:
            future.result(PATIENCE)
        self._pool.shutdown()


@contextmanager
def without_the_law() -> Iterator[Any]:
    """A cursor that no trigger of ours stops, to put a file back where it was before a deposit."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def back_to_draft(lettre: Any) -> None:
    """Undo a deposit or a withdrawal, papers and mails included, as nothing in the portal can."""
    ids = {"lettre": lettre.pk, "dossier": lettre.dossier_id}
    with without_the_law() as cursor:
        for statement in UNDO:
            cursor.execute(statement, ids)


UNDO = (
    "DELETE FROM accounts_envoi WHERE evenement IN "
    "(SELECT id FROM projects_evenementlettre WHERE lettre_id = %(lettre)s)",
    "DELETE FROM dossiers_document WHERE dossier_id = %(dossier)s",
    "DELETE FROM projects_evenementlettre WHERE lettre_id = %(lettre)s",
    "DELETE FROM funding_evenementfir WHERE demande_id IN "
    "(SELECT demande_id FROM projects_lettreintention WHERE id = %(lettre)s)",
    "UPDATE funding_demandefir SET etat = 'brouillon', deposee_at = NULL WHERE id IN "
    "(SELECT demande_id FROM projects_lettreintention WHERE id = %(lettre)s)",
    "UPDATE projects_lettreintention SET etat = 'brouillon', deposee_at = NULL, deposee_par_id = NULL, "
    "territoire_id = NULL WHERE id = %(lettre)s",
    "UPDATE dossiers_territoire SET fige_at = NULL WHERE dossier_id = %(dossier)s",
    "UPDATE dossiers_piece SET figee_at = NULL WHERE dossier_id = %(dossier)s",
    "UPDATE dossiers_dossier SET visibilite = 'porteur', reference = NULL WHERE id = %(dossier)s",
)
