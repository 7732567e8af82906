"""Pages of the projet de santé."""
