"""Troth as another program asks it."""
