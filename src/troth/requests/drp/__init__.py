"""What agents ask for people under the Data Rights Protocol 1.0, and what they are told of it."""
