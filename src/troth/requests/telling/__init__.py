"""Who is told of a request, and in which words: the person, and the recipients of their data."""
