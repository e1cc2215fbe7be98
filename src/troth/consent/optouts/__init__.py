"""Saying no to what needs no consent, by a form or by a browser's signal."""
