"""Addresses of the application."""

from django.urls import URLPattern

app_name = "accounts"

urlpatterns: list[URLPattern] = []
