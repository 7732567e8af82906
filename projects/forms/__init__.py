"""Forms of acts on a letter."""
