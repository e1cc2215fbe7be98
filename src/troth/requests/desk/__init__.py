"""What staff look at: lists, what needs somebody today, figures, exports, and many requests at once."""
