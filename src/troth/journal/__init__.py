"""The append-only Merkle log: a leaf without personal data for every change of state, and signed checkpoints."""
