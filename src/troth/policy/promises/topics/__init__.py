"""One file a topic: which of its clauses promise something, and in which words."""
