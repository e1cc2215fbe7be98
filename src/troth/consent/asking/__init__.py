"""How somebody is asked: in which words, when, and when again."""
