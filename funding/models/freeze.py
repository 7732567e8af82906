"""What a deposited request forbids in the database: no row of its sections or budgets is written again."""

import pgtrigger

# Both requests of a row that moves are judged, once locked: the deposit holds the same lock.
GELE = """
    PERFORM 1 FROM funding_demandefir WHERE id IN ({demandes}) FOR SHARE;
    IF EXISTS (SELECT 1 FROM funding_demandefir WHERE id IN ({demandes}) AND etat <> 'brouillon') THEN
        RAISE EXCEPTION 'Cette demande est déposée : {quoi} ne change plus.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
TOUTE_ECRITURE = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
