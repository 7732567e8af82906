"""Forms of the acts on a request."""
