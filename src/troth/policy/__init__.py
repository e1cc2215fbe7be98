"""The policy language: what is promised about personal data, read, checked and addressed by clause."""
