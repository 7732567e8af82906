"""Addresses of the application."""

from django.urls import URLPattern

app_name = "projects"

urlpatterns: list[URLPattern] = []
