"""Many documents: isolation, limits, workers, resume, and the distributed engine."""
