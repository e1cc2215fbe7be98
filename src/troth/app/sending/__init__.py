"""What goes out: letters, messages, calls to those who asked to be told; each until it has arrived."""
