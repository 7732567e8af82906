"""Contexts of the papers of money."""
