"""What knows nothing of privacy: errors, time, ids, canonical JSON, localized text, values that hide themselves."""
