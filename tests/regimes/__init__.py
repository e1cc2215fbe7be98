"""Tests of the figures of law."""
