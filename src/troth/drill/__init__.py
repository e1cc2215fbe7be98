"""Promises, the controls that keep them, and the rehearsals that show it."""
