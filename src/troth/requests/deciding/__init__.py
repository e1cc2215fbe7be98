"""What is decided about a request: answered, refused in whole or part, priced, looked at again, by one person or two."""
