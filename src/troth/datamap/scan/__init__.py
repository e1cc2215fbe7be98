"""Drafts a data map from a live database: guesses, each with its reason and how sure it is."""
