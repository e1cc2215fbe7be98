"""What a person asks for: its states, its deadlines, how it is fulfilled, and what they get in the end."""
