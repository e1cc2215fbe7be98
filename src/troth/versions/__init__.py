"""Published policy versions: immutable, numbered, hashed, in the journal."""
