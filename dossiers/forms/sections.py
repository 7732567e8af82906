from dossiers.questions import *  # noqa: F403
