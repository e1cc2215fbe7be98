"""Receipts: what proves a choice, to anybody, with nothing of ours but a public key."""
