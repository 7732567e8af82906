"""Addresses of the application."""

from django.urls import URLPattern

app_name = "dossiers"

urlpatterns: list[URLPattern] = []
