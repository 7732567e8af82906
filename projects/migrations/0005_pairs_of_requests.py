"""The pair of a letter and its request, judged at commit from the side of the request too (projects/pairs.py)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION projects_demande_et_lettre() RETURNS trigger AS $body$
    DECLARE paire record;
    BEGIN
        SELECT l.etat AS lettre, d.etat AS demande INTO paire
          FROM projects_lettreintention l JOIN funding_demandefir d ON d.id = l.demande_id
         WHERE d.id = NEW.id AND NOT (CASE WHEN l.sans_demande THEN d.etat IN ('brouillon', 'retiree') ELSE ((l.etat = 'brouillon' AND d.etat IN ('brouillon')) OR (l.etat = 'deposee' AND d.etat IN ('deposee', 'rejetee_tacitement')) OR (l.etat = 'incomplete' AND d.etat IN ('deposee', 'brouillon', 'rejetee_tacitement')) OR (l.etat = 'en_consultation' AND d.etat IN ('deposee', 'rejetee_tacitement')) OR (l.etat = 'avis_rendu' AND d.etat IN ('deposee', 'rejetee_tacitement')) OR (l.etat = 'transmise' AND d.etat IN ('transmise', 'incomplete', 'refusee', 'rejetee_tacitement')) OR (l.etat = 'validee' AND d.etat IN ('transmise', 'incomplete', 'accordee', 'refusee', 'rejetee_tacitement', 'conventionnee', 'soldee', 'retiree', 'retiree_par_ars')) OR (l.etat = 'refusee' AND d.etat IN ('refusee', 'rejetee_tacitement')) OR (l.etat = 'retiree' AND d.etat IN ('retiree', 'refusee', 'rejetee_tacitement'))) END)
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'Une lettre « % » ne va pas avec une demande « % ».', paire.lettre, paire.demande
                  USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
        END;
$body$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER demande_et_lettre AFTER UPDATE OF etat ON funding_demandefir
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION projects_demande_et_lettre();
"""
DROP = """
DROP TRIGGER IF EXISTS demande_et_lettre ON funding_demandefir;
DROP FUNCTION IF EXISTS projects_demande_et_lettre();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_opinions"),
        ("funding", "0004_instruction"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
