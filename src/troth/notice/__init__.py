"""A policy as documents that people read: web page, fragment and Markdown, in each language."""
