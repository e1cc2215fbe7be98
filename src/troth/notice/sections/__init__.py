"""The writers of the sections, one file a section or two; each gives sections that are empty where nothing is said."""
