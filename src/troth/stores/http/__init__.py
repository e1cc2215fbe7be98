"""A store behind one URL: GET a person's data as a tree, DELETE it. The shape of the City of Helsinki's GDPR API."""
