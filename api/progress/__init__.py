"""How the review of a job goes, and whether to go on with it."""
