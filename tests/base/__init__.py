"""Tests of what knows nothing of privacy."""
