"""A store without a machine interface: what is asked of it is a dated task for somebody, told by mail."""
