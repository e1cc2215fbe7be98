"""The composition root: settings, database, keys, mail, SMS and jobs are built here and nowhere else."""
