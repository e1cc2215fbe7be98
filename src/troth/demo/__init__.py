"""The story that `make demo` tells: one real policy kept from the first act to the last, on one machine."""
