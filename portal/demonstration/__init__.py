"""Invented people, associations and files, made through the services as people would make them."""
