"""Where each item of whom lies, how rows hang together, and the statements that a request compiles to."""
