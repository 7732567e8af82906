"""Contexts of the papers of a letter."""
