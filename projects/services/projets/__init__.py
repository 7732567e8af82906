"""Writes of the projet de santé, one module per use case."""
