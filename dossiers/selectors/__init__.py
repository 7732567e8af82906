"""Reads of the files, by theme."""
