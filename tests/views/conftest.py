# Hypothesis' plugin imports it at the end of a run if no test did, and then warns about a generator of trio's.
import hypothesis  # noqa: F401
