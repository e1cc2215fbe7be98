"""What is decided about a request: answered, refused in whole or part, priced, looked at again, by one or by two."""
