"""Configuration of the application."""

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "territories"
    verbose_name = "Communes, EPCI et départements"
